import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import type { Context } from '../../graphql/context';
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
    description: 'The person who asks; null when nobody is signed in.',
  })
  async viewer(@Ctx() { viewer, loaders }: Context) {
    return viewer && loaders.load(this.auth.usersById, viewer.id);
  }

  @Mutation(() => SignInPayload)
  async signIn(
    @Arg('input', () => SignInInput) { name }: SignInInput,
    @Ctx() { response }: Context,
  ) {
    const session = await this.auth.signIn(name);
    setSessionCookie(response, session.token, session.expiresAt, this.secureCookies);
    return session;
  }

  @Mutation(() => SignOutPayload)
  async signOut(@Ctx() { token, response }: Context) {
    if (token) await this.auth.signOut(token);
    clearSessionCookie(response);
    return {};
  }
}
