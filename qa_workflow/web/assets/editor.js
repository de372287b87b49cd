// Placeholder until the editor is written.
