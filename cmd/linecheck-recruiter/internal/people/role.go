package people

import "slices"

// Role is what a person or a program is there for.
type Role string

// The roles. Each may what the ones before it may.
const (
	Support   Role = "support"   // helps applicants: reads, and decides nothing
	Recruiter Role = "recruiter" // invites and decides
	Admin     Role = "admin"
)

// Right is one kind of thing that may be done.
type Right int

// The rights.
const (
	See          Right = iota // reports and their evidence
	Decide                    // about a report
	Invite                    // applicants
	Upload                    // reports that came by other ways
	Export                    // reports in numbers
	Erase                     // what is kept of an applicant
	EditPolicies              // what the roles that applicants apply for require
	Manage                    // people, tokens, webhooks, settings, the audit log
)

// rights is who may do what.
func rights() map[Role][]Right {
	return map[Role][]Right{
		Support:   {See},
		Recruiter: {See, Decide, Invite, Upload, Export},
		Admin:     {See, Decide, Invite, Upload, Export, Erase, EditPolicies, Manage},
	}
}

// Roles are all roles, the one that may least first.
func Roles() []Role { return []Role{Support, Recruiter, Admin} }

// May says whether the role has a right. A role that is none has no rights.
func (r Role) May(x Right) bool { return slices.Contains(rights()[r], x) }

// covers says whether r may whatever other may. A role that is none covers nothing, and is covered by none.
func (r Role) covers(other Role) bool {
	list := Roles()
	return slices.Contains(list, other) && slices.Index(list, r) >= slices.Index(list, other)
}
