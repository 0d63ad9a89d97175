import type { EventStore, JSONRPCMessage } from '@modelcontextprotocol/server';
import { limits } from '../../limits.ts';

interface KeptEvent {
  id: string;
  streamId: string;
  message: JSONRPCMessage;
  bytes: number;
}

/**
 * The newest events of one session, so that a client whose connection broke gets what it missed. Bounded in
 * number and size; what fell out of it cannot be sent again, and the client has to ask anew.
 */
export class RecentEvents implements EventStore {
  #events: KeptEvent[] = [];
  #bytes = 0;
  #lastNumber = 0;

  async storeEvent(streamId: string, message: JSONRPCMessage): Promise<string> {
    const id = `${streamId}_${++this.#lastNumber}`;
    const bytes = Buffer.byteLength(JSON.stringify(message));
    this.#events.push({ id, streamId, message, bytes });
    this.#bytes += bytes;
    while (
      this.#events.length > limits.httpSessionEventsMax ||
      this.#bytes > limits.httpSessionEventBytesMax
    ) {
      this.#bytes -= this.#events.shift()?.bytes ?? 0;
    }
    return id;
  }

  async getStreamIdForEventId(eventId: string): Promise<string | undefined> {
    return this.#events.find(({ id }) => id === eventId)?.streamId;
  }

  async replayEventsAfter(
    lastEventId: string,
    { send }: { send: (eventId: string, message: JSONRPCMessage) => Promise<void> },
  ): Promise<string> {
    const last = this.#events.findIndex(({ id }) => id === lastEventId);
    const streamId = this.#events[last]?.streamId;
    if (streamId === undefined) throw new Error('Expected the id of an event that is still kept.');
    for (const event of this.#events.slice(last + 1)) {
      // A priming event has an id and no message.
      const isMessage = Object.keys(event.message).length > 0;
      if (event.streamId === streamId && isMessage) await send(event.id, event.message);
    }
    return streamId;
  }
}
