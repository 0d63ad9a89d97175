export const todoPriorities = ['low', 'medium', 'high', 'critical'] as const;
