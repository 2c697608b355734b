//go:build !windows

package main

import (
	"os/exec"
	"strings"
	"testing"
)

// A link is somebody else's text: in the command that macOS's terminal gets it is one word, whatever is in it.
func TestTerminalsTakeALinkAsItIs(t *testing.T) {
	link := `linecheck://x'$(id)` + "`id`" + `"&id;\ %PATH%`
	t.Setenv("DISPLAY", ":0")
	for _, command := range terminals("linux", []string{"linecheck-support", "run", "--invite", link}) {
		if command[len(command)-1] != link {
			t.Errorf("%q", command)
		}
	}
	all := terminals("darwin", []string{"printf", "%s", link})
	script := all[0][len(all[0])-1]
	script, ok := strings.CutPrefix(script, `tell application "Terminal" to do script "`)
	script, ended := strings.CutSuffix(script, `"`)
	if !ok || !ended {
		t.Fatalf("%q", all)
	}
	script = strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(script) // as AppleScript reads it
	out, err := exec.Command("sh", "-c", script).CombinedOutput()
	if err != nil || string(out) != link {
		t.Errorf("the shell reads %q as %q: %v", script, out, err)
	}
}
