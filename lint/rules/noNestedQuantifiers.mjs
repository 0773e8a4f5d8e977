import { RegExpParser, visitRegExpAST } from '@eslint-community/regexpp';

const parser = new RegExpParser();

/** The pattern, or undefined where JavaScript would not accept it. */
function parsed({ pattern, flags }) {
  try {
    const unicode = flags.includes('u');
    return parser.parsePattern(pattern, 0, pattern.length, {
      unicode,
      unicodeSets: flags.includes('v'),
    });
  } catch {
    return undefined;
  }
}

/** Whether an unlimited repetition stands within another one. */
function isNested(pattern) {
  let depth = 0;
  let found = false;
  visitRegExpAST(pattern, {
    onQuantifierEnter({ max }) {
      if (max === Infinity && ++depth > 1) found = true;
    },
    onQuantifierLeave({ max }) {
      if (max === Infinity) depth--;
    },
  });
  return found;
}

/** Where it fails, `(a*b)*` tries each way to share a text between its repetitions. */
export const noNestedQuantifiers = {
  meta: {
    type: 'problem',
    schema: [],
    docs: { description: 'No regular expression repeats a repetition without limit.' },
    messages: {
      nested:
        'A repetition without limit stands within another one, which can take exponential time. ' +
        'Write a loop over the text.',
      dynamic: 'Write the pattern as a literal, so that lint can check it.',
    },
  },
  create(context) {
    return {
      ':matches(NewExpression, CallExpression)[callee.name="RegExp"]'(node) {
        context.report({ node, messageId: 'dynamic' });
      },
      'Literal[regex]'(node) {
        const pattern = parsed(node.regex);
        if (pattern && isNested(pattern)) context.report({ node, messageId: 'nested' });
      },
    };
  },
};
