package disklog

// isReadOnly is for file systems mounted read-only, which Windows reports as a
// lack of permission.
func isReadOnly(error) bool { return false }
