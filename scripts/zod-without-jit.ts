import { config } from 'zod';

// Compiled validators cost more at the start than they save later.
config({ jitless: true });
