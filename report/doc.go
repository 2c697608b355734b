// Package report holds the words Linecheck speaks in: what a check observed
// (evidence), what the far end saw of it (observation), who asked (invite),
// what is sent (report), the proof that it arrived (receipt), whose keys
// count (trust) and the judgment (finding, verdict).
//
// It is the ground floor: plain data and nothing else. No clock, goroutine,
// socket, file or measurement comes in here, and nothing of Linecheck's outside
// this folder is imported, so that the same code judges a report on the
// applicant's computer, at the recruiter's, and in a browser.
package report
