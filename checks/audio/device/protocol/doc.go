// Package protocol is the language that a program and its audio helper process
// speak over the helper's stdin and stdout: frames of a type byte, a 32-bit
// length and a payload, which is JSON or sound. No sound library, process or
// clock comes in here: only how words are written and read.
package protocol
