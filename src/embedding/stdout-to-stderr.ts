/**
 * Imported first by the worker: stdout belongs to the protocol, so what any package prints in this worker goes
 * to stderr. (Keeping the worker's stdout on the main side would hold the process open once something is
 * printed.)
 */
process.stdout.write = process.stderr.write.bind(process.stderr);
