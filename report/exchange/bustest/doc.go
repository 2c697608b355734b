// Package bustest puts a D-Bus of its own in the place of the system's or the
// desktop's, for tests of what asks services there. It is for tests on Linux.
package bustest
