package buildinfo

import (
	"testing"

	"linecheck/report"
)

// A build that carries no version has one that is older than any release.
func TestADevelopmentBuildIsOld(t *testing.T) {
	if !report.IsVersion(development) {
		t.Errorf("%q cannot be compared", development)
	}
	if (report.NeededProgram{AtLeast: "0.1.0"}).Accepts(development) {
		t.Errorf("%q is taken for a release", development)
	}
	if Version() == "" || Program("x").Version != Version() {
		t.Errorf("the version is %q", Version())
	}
}
