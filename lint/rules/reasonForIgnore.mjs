const isPrettierIgnore = ({ value }) => value.trim() === 'prettier-ignore';
const isLintIgnore = ({ value }) => /^\s*eslint-disable/.test(value);
const hasText = ({ value }) => /\s--\s+\S/.test(value);

/** A reader of an exception must see why it is one. */
export const reasonForIgnore = {
  meta: {
    type: 'problem',
    schema: [],
    docs: { description: 'Each prettier-ignore and eslint-disable comment has a reason.' },
    messages: {
      // Prettier accepts no other text in its comment.
      prettier: 'Write the reason for prettier-ignore in a comment on the line above.',
      lint: 'Write the reason behind the rule: eslint-disable-next-line rule-name -- reason.',
    },
  },
  create(context) {
    const comments = context.sourceCode.getAllComments();
    const isReason = (comment) => !isPrettierIgnore(comment) && !isLintIgnore(comment);
    const hasCommentAbove = ({ loc }) =>
      comments.some((other) => other.loc.end.line === loc.start.line - 1 && isReason(other));
    const report = (comment, messageId) => context.report({ loc: comment.loc, messageId });
    return {
      Program() {
        for (const comment of comments) {
          if (isPrettierIgnore(comment) && !hasCommentAbove(comment)) report(comment, 'prettier');
          if (isLintIgnore(comment) && !hasText(comment)) report(comment, 'lint');
        }
      },
    };
  },
};
