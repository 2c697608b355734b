package people

import "testing"

// Each right and each role, once.
func TestRights(t *testing.T) {
	for right, may := range map[Right]string{
		See: "support recruiter admin", Decide: "recruiter admin", Invite: "recruiter admin", Upload: "recruiter admin", Export: "recruiter admin",
		Erase: "admin", EditPolicies: "admin", Manage: "admin", Right(99): "", Right(-1): "",
	} {
		got := ""
		for _, r := range append(Roles(), "", "root", "Admin") {
			if !r.May(right) {
				continue
			}
			if got != "" {
				got += " "
			}
			got += string(r)
		}
		if got != may {
			t.Errorf("%d: %q, want %q", right, got, may)
		}
	}
}

// Who covers a role may all that it may, and the other way round.
func TestCovers(t *testing.T) {
	all := append(Roles(), "", "root")
	for _, a := range all {
		for _, b := range all {
			want := a.May(See) && b.May(See)
			for x := See; x <= Manage; x++ {
				want = want && (a.May(x) || !b.May(x))
			}
			if a.covers(b) != want {
				t.Errorf("%q covers %q: %v", a, b, !want)
			}
		}
	}
}
