package shipped_test

import (
	"os"
	"strings"
	"testing"

	"linecheck/cmd/internal/shipped"
)

// The window is looked at, and packed, as it is shipped.
func TestTheMakefileHasTheSameTags(t *testing.T) {
	data, err := os.ReadFile("../../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), "\nWINDOW_TAGS := "+shipped.WindowTags+"\n") {
		t.Errorf("the Makefile has other tags than %s", shipped.WindowTags)
	}
}
