// Package e2e holds the tests of the whole job, with the programs as they are
// shipped: a recruiter's server, an applicant's run, files and links between
// them, and everything that can go wrong on the way. No code of the product
// comes in here.
package e2e
