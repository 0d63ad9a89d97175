import type { Readable, Writable } from 'node:stream';
import {
  deserializeMessage,
  isJSONRPCNotification,
  isJSONRPCRequest,
  type JSONRPCMessage,
  type RequestId,
  serializeMessage,
  type Transport,
} from '@modelcontextprotocol/server';
import { limits } from '../limits.ts';
import { LineBuffer } from './line-buffer.ts';

/**
 * MCP over two streams, a message a line. It differs from the SDK's own in one thing: the end of the input
 * does not end the connection, it is only told (`oninputend`), and `answered()` says when every request that
 * came has its answer. So a client that writes its requests and closes its end gets what it asked for, and
 * a store that was received is finished.
 */
export class StdioTransport implements Transport {
  onmessage?: (message: JSONRPCMessage) => void;
  onclose?: () => void;
  onerror?: (error: Error) => void;
  /** Called once: at the end of the input, and when the output is broken. */
  oninputend?: () => void;

  readonly #input: Readable;
  readonly #output: Writable;
  readonly #lines = new LineBuffer(limits.stdioLineBytesMax);
  readonly #unanswered = new Set<RequestId>();
  #waiting: (() => void)[] = [];
  #ended = false;
  #closed = false;

  constructor(input: Readable, output: Writable) {
    this.#input = input;
    this.#output = output;
  }

  async start(): Promise<void> {
    this.#input.on('data', this.#receive);
    this.#input.on('end', this.#end);
    this.#input.on('close', this.#end);
    this.#input.on('error', this.#end);
    this.#output.on('error', this.#end);
  }

  /** Resolves when no request waits for its answer. */
  answered(): Promise<void> {
    return this.#unanswered.size === 0
      ? Promise.resolve()
      : new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** No further message is read. */
  stopReading(): void {
    this.#input.off('data', this.#receive);
    this.#input.pause();
  }

  send(message: JSONRPCMessage): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#output.write(serializeMessage(message), (error) => {
        if ('id' in message && !('method' in message)) this.#settle(message.id);
        if (error) reject(error);
        else resolve();
      });
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.stopReading();
    this.#input.off('end', this.#end);
    this.#input.off('close', this.#end);
    this.#lines.clear();
    this.onclose?.();
  }

  readonly #receive = (chunk: Buffer): void => {
    try {
      for (const line of this.#lines.take(chunk)) this.#deliver(line);
    } catch (error) {
      // A line beyond the bound: what follows cannot be told apart any more.
      this.onerror?.(error as Error);
      this.#end();
    }
  };

  readonly #end = (): void => {
    if (this.#ended) return;
    this.#ended = true;
    this.oninputend?.();
  };

  #deliver(line: string): void {
    let message: JSONRPCMessage;
    try {
      message = deserializeMessage(line);
    } catch (error) {
      // A line that is no message; the next one may be.
      if (!(error instanceof SyntaxError)) this.onerror?.(error as Error);
      return;
    }
    if (isJSONRPCRequest(message)) this.#unanswered.add(message.id);
    else if (isJSONRPCNotification(message)) this.#forgetCancelled(message);
    this.onmessage?.(message);
  }

  /** A cancelled request gets no answer. */
  #forgetCancelled(message: { method: string; params?: Record<string, unknown> | undefined }): void {
    if (message.method !== 'notifications/cancelled') return;
    this.#settle(message.params?.requestId as RequestId);
  }

  #settle(id: RequestId | undefined): void {
    if (id === undefined || !this.#unanswered.delete(id) || this.#unanswered.size > 0) return;
    for (const resume of this.#waiting.splice(0)) resume();
  }
}
