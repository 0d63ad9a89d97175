/** Every bound of the product, with its unit in the name. A limit that is not here does not exist. */
export const limits = {
  // what a caller may send
  queryCharactersMax: 20_000,
  contentBytesMaxTool: 1_000_000,
  contentBytesMaxIngest: 20_000_000,
  promptBytesMax: 64 * 1024,
  codeBytesMax: 256 * 1024,
  errorBytesMax: 64 * 1024,
  /** Of an error text that is longer, this much of its head and of its tail is kept. */
  errorKeptBytesEachEnd: 32 * 1024,
  lessonCharactersMax: 2_000,
  /** File, function, module and project names, conversation ids, test commands, commits. */
  nameCharactersMax: 1_000,
  tagsMax: 50,
  tagCharactersMax: 100,
  metadataBytesMax: 16 * 1024,
  usedPatternIdsMax: 50,
  todoDescriptionBytesMax: 64 * 1024,
  /** Chunks linked with a message in one call. */
  linkedChunksMax: 1_000,
  graphDepthMax: 5,
  edgeWeightMax: 1e9,
  /** Texts that a caller hands over to be joined or linked. */
  givenDocumentsMax: 200,
  buildContextTokensDefault: 4_000,
  topKMax: 50,
  maxAgeDaysMax: 36_500,
  executionTimeMsMax: 86_400_000,
  /** Levels of lists and objects inside one argument. */
  argumentDepthMax: 32,

  // what a refusal repeats
  argumentProblemsShownMax: 5,
  echoedArgumentCharactersMax: 60,
  echoedQueryCharactersMax: 500,
  echoedNameCharactersMax: 100,

  // what an answer may hold
  answerTokensDefault: 2_000,
  getMemoryTokensDefault: 8_000,
  /** A slice this many times the token budget is looked at: more characters than that a token never stands for. */
  charactersPerTokenMax: 16,
  answerTokensMax: 100_000,
  briefCodeLinesMax: 60,
  /** Of an attempt at another task than the best one, in a brief answer, and of one that has no more room. */
  shortCodeLinesMax: 15,
  shortPromptBytesMax: 200,
  shortErrorBytesMax: 400,
  /** Of a prompt and of an error text in a brief answer. */
  briefPromptBytesMax: 600,
  briefErrorBytesMax: 1_000,
  /** A longer text that occurs again in a brief answer is named and not repeated. */
  repeatedTextCharactersMax: 40,
  /** What an attempt's fields with their names cost beside its texts: 80 to 120 in answers that were counted. */
  patternFrameTokens: 100,
  linkedPatternsMax: 10,
  topErrorsMax: 10,
  /** Attempts that statistics hold at a time. */
  factsPerPage: 5_000,
  analysisGroupsMax: 50,
  /** Of the projects in use, so many are named in an answer about an unknown one. */
  knownProjectsMax: 50,
  /** Of the items that would be removed, so many are named in the question to the user. */
  removalRefsNamedMax: 10,
  /** So many are looked through for it. */
  projectNamesMax: 10_000,
  /** Documents that are compared with each other in one call, and pairs of them that the answer names. */
  linkedDocumentsMax: 100,
  linkedPairsShownMax: 100,
  /** Of a text that is only compared with others, this much of its beginning: more than the model reads. */
  linkedTextCharactersMax: 4_000,
  /** Sentences of an extractive answer, and how many are weighed for it. */
  answerSentencesMax: 3,
  answerSentencesReadMax: 60,
  /** Titles that the one-line summary of a context names, and how much of each. */
  summaryTitlesMax: 5,
  summaryTitleCharactersMax: 60,
  /** Stored text in an answer that has no budget of its own. */
  listTextTokensMax: 2_000,
  mostUsedChunksDefault: 10,
  /** Rows on one page of a list. */
  listRowsDefault: 20,
  listRowsMax: 1_000,

  // ingest and setup
  /** Files that one run of ingest looks at. */
  ingestFilesMax: 100_000,
  /** What is read of a file to tell whether it is text or a private key. */
  ingestProbeBytes: 8_192,
  gitignoreBytesMax: 1_000_000,
  /** A client's configuration. Claude Code keeps its history in that file. */
  clientFileBytesMax: 64_000_000,
  /** A longer line of a change is not shown: it holds more than the change. */
  shownDiffLineCharactersMax: 200,

  // masking
  /** A mask can lay a neighbour bare; after this many rounds the rest stays as it is. */
  maskPassesMax: 4,
  /** Longest private key block that is looked at; an RSA key of 16,384 bits takes 13,000. */
  privateKeyCharactersMax: 20_000,

  // the connection over stdin and stdout
  /** One message. The largest content there is, with every character escaped, fits. */
  stdioLineBytesMax: 32_000_000,
  /** How long requests that were received are still answered once the connection ends. */
  drainMs: 1_500,
  /** When the process ends in any case once the connection ends; users are promised two seconds. */
  exitMs: 1_900,
  parentCheckMs: 500,
  /** When the compiled code of a process that found none kept is put on disk; it takes some 10 ms then. */
  keptCodeAfterMs: 5_000,
  /** Older compiled code is removed when other code is kept: mostly it is that of earlier versions. */
  keptCodeMsMax: 30 * 24 * 3_600_000,
  instructionsCharactersMax: 2_000,

  // the connection over HTTP
  /** One request. The largest content there is, with every character escaped, fits. */
  httpBodyBytesMax: 8_000_000,
  /** Levels of lists and objects in a request: those of an argument and of what is around it. */
  httpJsonDepthMax: 48,
  httpConnectionsMax: 256,
  httpHeaderBytesMax: 16 * 1024,
  httpHeadersMsMax: 10_000,
  httpRequestMsMax: 60_000,
  httpKeepAliveMs: 30_000,
  httpTimeoutCheckMs: 2_000,
  /** Requests of one token: so many at once, and so many a second for as long as one likes. */
  httpRequestsBurst: 2_000,
  httpRequestsPerSecond: 200,
  /** The same for requests without a valid token, all of them together. */
  httpRefusedRequestsBurst: 100,
  httpRefusedRequestsPerSecond: 10,
  httpSubscriptionsMax: 64,
  /** How long one server waits for another that is making the first token, and how often it looks. */
  firstTokenMsMax: 1_000,
  firstTokenCheckMs: 50,
  /** Sessions of clients before 2026-07-28. The one that was idle longest makes room. */
  httpSessionsMax: 100,
  httpSessionIdleMs: 30 * 60_000,
  httpSessionSweepMs: 60_000,
  /** What a session keeps to send again to a client whose connection broke. */
  httpSessionEventsMax: 64,
  httpSessionEventBytesMax: 1_000_000,
  /** How long calls that were received are still answered once the server ends. */
  httpDrainMs: 10_000,

  // counters
  /** Counters are written to the database at most this often. */
  counterWriteMs: 5_000,
  /** How often the self-retrieval probe runs, over how many attempts, and among how many answers it looks. */
  retrievalProbeMs: 10 * 60_000,
  retrievalProbeAttempts: 20,
  retrievalProbeTopK: 5,

  // errors and repairs
  /** Of a longer error text, half of this at each end is looked at. */
  errorReadBytesMax: 2_000_000,
  /** Of an error text, this much of its head can be found by word. */
  errorIndexedBytesMax: 4_096,
  errorSignatureCharactersMax: 300,
  /** Of a line of an error text, this much is read for its signature. */
  errorLineCharactersMax: 1_000,
  errorMessageCharactersMax: 160,
  diffLinesMax: 60,
  /** Lines put in or taken out after which two texts count as wholly different. */
  diffEditsMax: 1_000,
  /** A pass repairs a failure that is no older than this. */
  repairMsMax: 24 * 3_600_000,

  // embedding
  embeddingBudgetMsPerCall: 2_000,
  modelIdleMs: 5 * 60_000,
  modelRetryMs: 60_000,
  embeddingQueueTextsMax: 100_000,
  /** Texts that the background filler embeds before it writes: a load (see bulkLoadTextsMin), a second's work. */
  pendingBatchTextsMax: 64,
  /** The filler stops when the model failed on so many texts, each on its own. */
  refusedVectorsMax: 100,
  /** Vectors of queries, and of written texts, that are remembered: 2 kB each. */
  queryVectorsKeptMax: 256,
  textVectorsKeptMax: 1_024,
  /** From so many waiting texts on it is a load, and processes are started for it: half a second's work of one. */
  bulkLoadTextsMin: 32,
  /** Such processes, unless a setting says otherwise, and with one; each holds a model of its own. */
  bulkWorkersDefaultMax: 4,
  bulkWorkersMax: 64,
  /** They end so long after the load. */
  bulkWorkerIdleMs: 5_000,
  /** What a worker allocates between two small collections; left alone, V8 lets it grow to many times that. */
  workerYoungHeapMb: 4,
  /** A worker that is silent for longer is given up. Loading a model from a slow disk takes seconds. */
  modelAnswerMsMax: 30_000,
  /** How long an ending process waits for a thread that is in the runtime: a load takes a second on a busy machine. */
  nativeCallWaitMsMax: 5_000,
  /** The end of what a process wrote to stderr, which says why it crashed. */
  workerLastWordsCharactersMax: 4_000,
  /** A worker that was asked to end is stopped after this. */
  workerEndMsMax: 1_000,
  /** Text is tokenized in parts of about this size (about 15 ms), so that a query can overtake. */
  tokenSegmentCharactersMax: 16_384,
  /** A longer word, or one with more tokens, is several pieces of a token map. */
  tokenPieceCharactersMax: 60,
  tokenPieceTokensMax: 16,
  /** Distinct words whose number of tokens is remembered. */
  tokenCountCacheWordsMax: 20_000,

  // chunks: the model reads 256 ids, two of them [CLS] and [SEP]
  chunkTokensMax: 254,
  chunkTokensTarget: 200,
  chunkOverlapTokensMax: 32,
  /** What is smaller is joined with its neighbour where there is a choice. */
  chunkCrumbTokensMax: 40,
  /** For texts of few tokens and many characters, such as white space or base64. */
  chunkCharactersMax: 8_000,
  /** Where a piece of a token map must be cut; decomposed these are at most 200 characters, so tokens. */
  pieceCharactersMax: 50,
  /** The same for white space and for what the model reads as one unknown word. */
  wordlikeCharactersMax: 1_000,
  /** WordPiece reads a longer word as one unknown token. */
  wordTokensMax: 100,

  // search
  /** Chunks by word, and as many by meaning: twice the most that can be asked for. */
  chunkCandidatesMax: 100,
  /** Candidates, the best by what is known from memory, whose full vectors are read: more than can be asked for. */
  exactCosinesMax: 64,
  candidatesByWordMax: 200,
  candidatesByMeaningMax: 200,
  /** Rows whose nearness to a query says how near the searched rows are as a whole. */
  cosinesSampledMax: 256,
  /** Of the best candidates, so many are looked at once more with their texts. */
  textsComparedMax: 20,
  /** Distinct words of a query that are looked up; the rarest stay. */
  queryTermsMax: 64,
  /** Rows are counted so far for what counts as relevant among them. */
  searchedRowsCountedMax: 10_000,
  /** Rows that the words of a query may be in together; the rarest words stay. */
  wordRowsReadMax: 5_000,
  /** Rows that the words which choose the candidates may be in together; the rarest words choose. */
  wordRowsLeadingMax: 500,
  /** So many of these rows, the best, are looked at for the further words. */
  wordRowsCompletedMax: 200,
  /** Rows of a word are counted so far; beyond, their number is estimated. More than are read. */
  wordRowsCountedMax: 10_000,
  /** Sets of words whose scores of rows are remembered: of one search two. */
  wordSetsRememberedMax: 4,
  /** Words whose number of rows is remembered, from so many rows on. */
  wordCountsMax: 20_000,
  wordCountsKeptFromRows: 1_000,
  /** Of a message, so much of its beginning is embedded; what the model reads of it at the most. */
  messageEmbeddedWordsMax: 160,
  /** A message before it goes with it when it has no more words than this, and then so many of them. */
  precedingWordsMax: 100,
  precedingEmbeddedWordsMax: 60,
  /** In texts without spaces so many characters stand for a word. */
  wordCharactersTypicalMax: 12,
  /** Messages on each side of a candidate whose words count for it. */
  neighbourMessagesMax: 12,
  /** Of so many messages, the best, those just before and after are candidates too. */
  besideMessagesMax: 30,
  /** Of candidates with fewer characters the text is read when they are ranked. */
  shortMessageCharactersMax: 600,
  /** Attempts, best first, whose families are met; and how many of these are read before the others. */
  candidatesWalkedMax: 200,
  familiesReadAtFirst: 50,
  /** Attempts at the functions that a query names, newest first. */
  namedAttemptsMax: 10_000,
  familiesMetMax: 12,
  familyMembersMax: 200,
  /** As much of an earlier attempt's code as tells a change in git's notation from code. */
  codeStartCharacters: 16,
  /** Attempts, newest first, that are looked at for the error that a query reports. */
  sameErrorsReadMax: 50,
  /** Families that such an attempt can lift to the top. */
  sameErrorFamiliesMax: 3,
  /** Repairs, newest first, that proposed code is held against. */
  repairsComparedMax: 30,
  /** A function name found in more files than this says nothing about the task. */
  functionNameFilesMax: 3,
  /** Of a prompt, this much of its beginning is held against another prompt word by word. */
  promptComparedCharactersMax: 4_000,
  /** The same of an error for a query that quotes it, and of code for the pieces of code in a query. */
  errorComparedCharactersMax: 4_000,
  codeComparedCharactersMax: 8_000,
  /** Attempts, the most relevant first, whose texts are held against the query word for word. */
  promptsReadMax: 50,
  /** Earlier attempts looked at for each of prompt, function name, file, module and test command. */
  relatedAttemptsPerKeyMax: 100,
  /**
   * Attempts before and after one whose result changes that are judged anew, for each family, function name and
   * test command; and how many of these.
   */
  reconsideredAttemptsPerKeyMax: 100,
  reconsideredKeysMax: 6,

  // recording and hooks
  /** Of a recorded command's output, this much of its head and of its tail is looked at. */
  recordOutputBytesEachEnd: 256 * 1024,
  /** How long the output of processes that a recorded command left behind is waited for. */
  recordDrainMs: 1_000,
  /** Of the diff that is an attempt's code. */
  recordCodeBytesMax: 64 * 1024,
  recordDiffFilesMax: 200,
  /** New or changed files that are looked at, and the largest of them. */
  recordFilesMax: 10_000,
  recordFileBytesMax: 1_000_000,
  /** Names of changed files in a prompt that nobody wrote. */
  recordPromptFilesMax: 8,
  /** Commits by which a run knows what belongs to its line of work. */
  lineOfWorkCommitsMax: 5_000,
  /** Commands whose result on the same code is remembered. */
  recordedRunsMax: 50,
  /** What a killed run left of a working tree's objects is thrown away after this. */
  recordedObjectsMsMax: 3_600_000,
  /** How long one process that logs an attempt waits for another one of the same repository. */
  recordLockMsMax: 20_000,
  recordLockCheckMs: 20,
  gitMsMax: 20_000,
  /** How long a hook waits for its input to end, and for another process's write. */
  hookInputMs: 120,
  hookBusyTimeoutMs: 20,
  hookInputBytesMax: 16_000_000,
  hookCommandCharactersMax: 20_000,
  /** What hooks could not use is told in a log of this size. */
  hookLogBytesMax: 64_000,
  /** An event that nobody took up is thrown away after this. */
  hookEventMsMax: 24 * 3_600_000,
  /** What a new session is told at once, a token counted as three bytes: prose and code have more. */
  sessionTokensMax: 300,
  sessionTodosMax: 6,
  sessionFailuresMax: 5,
  sessionFailureDays: 7,
  /** The newest attempts that are looked through for them. */
  sessionAttemptsMax: 500,
  sessionLineCharactersMax: 120,
  gitOutputBytesMax: 32_000_000,

  // moving a Python database over
  /** Passes over a database that another program keeps writing. */
  legacyCopyPassesMax: 10,
  /** Moves begun anew because the database changed under way. */
  migrationStartsMax: 3,
  migrationBatchRows: 32,
  legacyIndexBytesMax: 4_000_000_000,
  legacyIndexVectorsMax: 2_000_000,
  /** Of a text inside a pickle; those that the old server wrote have at most 22. */
  pickleTextBytesMax: 100,
  pickleStackMax: 3_000_000,
  /** Questions asked before and after, and hits that count as found. */
  migrationQueriesMax: 100,
  migrationQueryTopK: 5,
  migrationQueryCharactersMax: 160,
  /** Rows of one kind of damage that a report names. */
  reportExamplesMax: 20,
  /** The argument of a traced call that may hold a lost text. */
  legacyTraceBytesMax: 64_000_000,
  /** How long the rename is tried on a file that another process holds open (Windows). */
  renameMsMax: 10_000,
  renameRetryMs: 100,
  /** A server holds the database open for as long as it runs: waiting longer helps nobody. */
  rollbackBusyMs: 2_000,

  // export and import
  /** One row as JSON. */
  exportLineBytesMax: 256_000_000,
  exportReadBytes: 1024 * 1024,
  /** Less room on the disk of the database is a finding of the doctor. */
  diskRoomBytesMin: 100_000_000,

  // the vectors in memory and their file
  /** A search among so many vectors is worth a second thread: alone it takes some 0.7 ms. */
  scanThreadRowsMin: 32_768,
  /** It ends when it had nothing to do for so long; one stretch takes it a fraction of a millisecond, never this. */
  scanThreadIdleMs: 60_000,
  scanHelpMsMax: 1_000,
  /** Rows that are taken over before other calls have their turn: about 13 ms. */
  vectorRowsPerTurn: 1_000,
  /** A file is written from so many vectors on, and once so many rows, or this share of all, are not in it. */
  vectorFileRowsMin: 4_000,
  vectorFileRowsShare: 0.02,
  /** How long after a search. */
  vectorFileDelayMs: 1_000,
  vectorFileHeaderBytesMax: 64_000_000,

  // database
  busyTimeoutMs: 15_000,
  /** Pages that a connection keeps; the operating system keeps the others. */
  pageCacheKibibytes: 2_048,
  /** A restore that found the database locked or written looks again after this. */
  busyRestoreCheckMs: 50,
} as const;
