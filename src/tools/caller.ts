/** The client at the other end of a connection, and the user behind it. */
export interface Caller {
  /** The conversation of calls that name none: one for each connection. */
  conversationId(): string;
  /**
   * Whether the user agrees; null where the client cannot ask. The first time it throws QuestionForUser, and the
   * call is made again when the user has answered.
   */
  userAgrees(question: string): boolean | null;
}

/** Ends a call that goes on when the user has answered. */
export class QuestionForUser extends Error {
  readonly question: string;

  constructor(question: string) {
    super('The user has to be asked.');
    this.name = 'QuestionForUser';
    this.question = question;
  }
}
