import { LtmcError } from '../errors.ts';

export function modelUnavailable(message: string, hint: string): LtmcError {
  return new LtmcError('model_unavailable', message, hint);
}

export function embedderClosed(): LtmcError {
  return modelUnavailable(
    'Expected the embedding model to be running, got a call while LTMC closes.',
    'Start LTMC again.',
  );
}
