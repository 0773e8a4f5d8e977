import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import type { Context } from '../../graphql/context';
import { subjectsOf } from '../../limits/subjects';
import { SignInInput, SignInPayload, SignOutPayload } from './auth.input';
import type { AuthService } from './auth.service';
import { clearSessionCookie, setSessionCookie } from './sessionCookie';
import { UserType } from './user.type';

@Resolver()
export class AuthResolver {
  constructor(
    private readonly auth: AuthService,
    private readonly secureCookies: boolean,
  ) {}

  @Query(() => UserType, {
    nullable: true,
    description: 'The person who is signed in. Null if nobody is.',
  })
  async viewer(@Ctx() { viewer, loaders }: Context) {
    return viewer && loaders.load(this.auth.usersById, viewer.id);
  }

  @Mutation(() => SignInPayload, {
    description:
      'Signs in with a name and creates the person if necessary. A person keeps the newest ' +
      '50 sessions (LABELLOOP_SESSIONS_PER_PERSON).',
  })
  async signIn(
    @Arg('input', () => SignInInput, { description: 'Input of the mutation.' })
    { name }: SignInInput,
    @Ctx() context: Context,
  ) {
    const session = await this.auth.signIn(name, subjectsOf(context));
    setSessionCookie(context.response, session.token, session.expiresAt, this.secureCookies);
    return session;
  }

  @Mutation(() => SignOutPayload, { description: 'Ends the session of this request.' })
  async signOut(@Ctx() { token, response }: Context) {
    if (token) await this.auth.signOut(token);
    clearSessionCookie(response);
    return {};
  }
}
