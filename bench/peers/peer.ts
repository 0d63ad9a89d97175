import type { StdioServer } from '../stdio-server.ts';

/** A memory server as the bench sees it: what an agent would call to store a note and to find it again. */
export interface Peer {
  name: string;
  /** Its own processes and files stay in the folder. */
  start(folder: string): StdioServer;
  /** What an agent calls once in a new process before anything else. */
  begin(server: StdioServer): Promise<void>;
  /** Gives the key by which answers name the note. Throws where the server refuses it. */
  store(server: StdioServer, note: Note): Promise<string>;
  /** Many notes, by the call that takes several where there is one. */
  storeMany?(server: StdioServer, notes: readonly Note[]): Promise<void>;
  search(server: StdioServer, question: string, asked: Asked): Promise<Found>;
  /** Whether its search has a switch that also shows weak hits. */
  showsWeakHits: boolean;
  /** A call that reads a little and searches nothing by meaning. */
  look(server: StdioServer): Promise<unknown>;
  /** How many notes are there, read from its files after every process has ended. */
  notesIn(folder: string): Promise<number>;
}

export interface Note {
  /** Letters, digits and hyphens: some servers take nothing else in a name. */
  id: string;
  text: string;
}

export interface Asked {
  /** Absent: as many as the server gives without being told. */
  count?: number;
  /** Also hits that the server takes for weak. Default: as the server is by itself. */
  weak?: boolean;
}

export interface Found {
  /** Best first. */
  keys: string[];
  /** The whole text that the client's model reads. */
  answer: string;
}

/** Starts the server and gets it ready for its first call. */
export async function startedPeer(peer: Peer, folder: string): Promise<StdioServer> {
  const server = peer.start(folder);
  await server.initialize();
  await peer.begin(server);
  return server;
}

export async function storeAll(peer: Peer, server: StdioServer, notes: readonly Note[]): Promise<void> {
  if (peer.storeMany !== undefined) return peer.storeMany(server, notes);
  for (const note of notes) await peer.store(server, note);
}
