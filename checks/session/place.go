package session

import (
	"errors"
	"os"
	"path/filepath"
	"time"

	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/envelope"
)

// SetPlace keeps a note of where the person is, which only the caller understands. It
// lasts as long as the session does.
func (s *Session) SetPlace(note []byte) error {
	return WriteFile(filepath.Join(s.folder.path, placeFile), note)
}

// Place is the note that [Session.SetPlace] kept; empty where there is none.
func (s *Session) Place() []byte {
	note, err := os.ReadFile(filepath.Join(s.folder.path, placeFile))
	if err != nil || len(note) > maxFile {
		return nil
	}
	return note
}

const placeFile, inviteFile = "place", "invite"

// keepInvite writes the invite down as it came, for a program that is opened again without it.
func (f folder) keepInvite(invite []byte) error {
	path := filepath.Join(f.path, inviteFile)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	return WriteFile(path, invite)
}

// InviteFile is the file with this session's invite, for another program to go on with;
// empty for a self-check.
func (s *Session) InviteFile() string {
	if s.invite == nil {
		return ""
	}
	return filepath.Join(s.folder.path, inviteFile)
}

// Unfinished is the file with the invite of the session in a home folder that was under
// way last and is not over; empty where there is none.
func Unfinished(path string) (file string) {
	all, err := filepath.Glob(filepath.Join(path, "sessions", "*", inviteFile))
	if err != nil {
		return ""
	}
	var newest time.Time
	for _, name := range all {
		if at := lastTouched(filepath.Dir(name)); at.After(newest) {
			newest, file = at, name
		}
	}
	return file
}

// lastTouched is when a session's folder last changed; zero for one that is set aside or gone.
func lastTouched(dir string) (at time.Time) {
	for _, name := range []string{"state.json", placeFile, "evidence", "bundle.json"} {
		if st, err := os.Stat(filepath.Join(dir, name)); err == nil && st.ModTime().After(at) {
			at = st.ModTime()
		}
	}
	if filepath.Ext(dir) != "" { // a damaged one
		return time.Time{}
	}
	return at
}

// Reported is when the server last took in a report for this session's invite, from
// the receipts kept on this computer. ok is false where it took none.
func (s *Session) Reported() (at time.Time, ok bool) {
	if s.invite == nil {
		return at, false
	}
	all, err := filepath.Glob(filepath.Join(s.home.path, "reports", "*", "report.json"))
	if err != nil {
		return at, false
	}
	for _, name := range all {
		if t, err := s.reported(name); err == nil && t.After(at) {
			at, ok = t, true
		}
	}
	return at, ok
}

// errOther: the report is not for this invite, or has no receipt.
var errOther = errors.New("another report")

func (s *Session) reported(name string) (time.Time, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return time.Time{}, err
	}
	b, err := bundle.Parse(data)
	if err != nil {
		return time.Time{}, err
	}
	if b.Invite == nil || b.Receipt == nil {
		return time.Time{}, errOther
	}
	if d, err := b.Invite.Digest(); err != nil || d != s.invite.Digest() {
		return time.Time{}, errors.Join(err, errOther)
	}
	return Received(b)
}

// Received is when the server took a bundle's report in, from its receipt. The receipt must be
// there, and is read without its keeper's trust: whoever put it on disk has verified it.
func Received(b bundle.Bundle) (time.Time, error) {
	key, err := envelope.ParsePublic(b.Receipt.KeyID())
	if err != nil {
		return time.Time{}, err
	}
	r, err := envelope.Open[report.Receipt](*b.Receipt, key, report.ReceiptType)
	if err != nil {
		return time.Time{}, err
	}
	return r.Value().Received, nil
}
