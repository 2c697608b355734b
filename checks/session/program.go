package session

import (
	"fmt"
	"strings"

	"linecheck/report"
)

// ProgramRefusal is the code of a refusal for which this program is too old. Its cause is an [*OldProgram].
const ProgramRefusal = "program.old"

// OldProgram says that the invite asks for a newer program than this one.
type OldProgram struct {
	// Version is this program's.
	Version string
	// Needed is what the invite asks for. Its link is empty where the sender could not be
	// confirmed: anybody can write an invite, and what a stranger offers is not to be installed.
	Needed report.NeededProgram
}

// Error is one line that says what to do.
func (o *OldProgram) Error() string {
	text := fmt.Sprintf("this is version %s of the program, and the invite asks for %s or newer; ", strings.TrimPrefix(o.Version, "v"), o.Needed.AtLeast)
	if o.Needed.Link == "" {
		return text + "who sent it could not be confirmed, so try again later to see where to get that, or ask the recruiter"
	}
	return text + "get it at " + o.Needed.Link + " and open the invite with it"
}

// outdated refuses an invite that asks for a newer program. A report that is sealed was
// made by one that would do, and may still be sent.
func (s *Session) outdated() error {
	needed := s.invite.Value().Program
	if needed == nil || s.folder.sealed() || needed.Accepts(s.opt.Program.Version) {
		return nil
	}
	old := &OldProgram{Version: s.opt.Program.Version, Needed: *needed}
	if s.trust == nil {
		old.Needed.Link = ""
	}
	return &Refusal{Code: ProgramRefusal, Cause: old}
}
