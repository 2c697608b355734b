// Package arch holds the tests of how the house is built: who may import whom,
// what has a comment, how large things may grow. They parse the files
// themselves, so that no cached answer hides a breach. No code comes in here.
package arch
