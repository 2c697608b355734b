// Package macos holds what makes the applicant's programs an application for macOS: the
// script, the property lists, and the words of the system's questions. No code comes in
// here; the tests look whether all of it fits together, which they can on any system.
package macos
