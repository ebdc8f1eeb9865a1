import type { Effect } from '../store/index.ts'

/**
 * The two ways in which AWS services invoke functions. A **fact** is told and nobody waits: asynchronous invocation.
 * A **question** is asked and someone waits for the answer: synchronous invocation. Services give signals; which
 * function they reach is the business of `sources/`.
 */
export interface Fact<Detail> {
  readonly kind: 'fact'
  readonly name: string
  /** Carries the type; never there at run time. */
  readonly detail?: Detail
}

export interface Question<Detail, Reply> {
  readonly kind: 'question'
  readonly name: string
  readonly detail?: Detail
  readonly reply?: Reply
}

/** Declares a fact. @example const objectChanged = fact<ObjectChange>('s3.objectChanged') */
export const fact = <Detail>(name: string): Fact<Detail> => ({ kind: 'fact', name })

/** Declares a question. @example const turnTaken = question<Turn, TurnReply>('lex.turnTaken') */
export const question = <Detail, Reply>(name: string): Question<Detail, Reply> => ({ kind: 'question', name })

/** What telling a fact comes to. */
export interface Telling {
  /** Puts the event into the queue of every interested function. */
  readonly effects: readonly Effect[]
  /** Call once the effects are durable. */
  readonly told: () => void
}

/** What a service gives its signals to. */
export interface Signals {
  /** Resolves once every interested function has the event in its durable queue. */
  tell<Detail>(fact: Fact<Detail>, detail: Detail): Promise<void>
  /** The same as a value: for the transaction that stores what the fact tells of. */
  prepare<Detail>(fact: Fact<Detail>, detail: Detail): Telling
  /** The answer of the function in question; `undefined` when no trigger matches. */
  ask<Detail, Reply>(
    question: Question<Detail, Reply>,
    detail: Detail,
    requestId: string,
  ): Promise<Reply | undefined>
}
