package load

import (
	"os"
	"path/filepath"
	"testing"
)

func TestPlain(t *testing.T) {
	dir := t.TempDir()
	small, big := filepath.Join(dir, "small"), filepath.Join(dir, "big")
	if err := os.WriteFile(small, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(big, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(big, maxSystemFile+1); err != nil {
		t.Fatal(err)
	}
	for path, ok := range map[string]bool{small: true, "/proc/stat": true, "/nowhere": true, big: false, "/dev/zero": false, dir: false} {
		if err := Plain("/proc/stat", path); (err == nil) != ok {
			t.Errorf("%s: %v", path, err)
		}
	}
}
