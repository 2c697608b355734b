package report

import "time"

// The predicate types: what a sealed statement claims to be. Each is sealed by
// one kind of key and opened under that type only.
const (
	InviteType      = "urn:linecheck:invite:1"
	ObservationType = "urn:linecheck:observation:1"
	ReportType      = "urn:linecheck:report:1"
	ReceiptType     = "urn:linecheck:receipt:1"
	TrustType       = "urn:linecheck:trust:1"
	HelloType       = "urn:linecheck:hello:1"
	CheckpointType  = "urn:linecheck:checkpoint:1"
)

// Invite is the recruiter's signed offer. Its subject is the policy's digest.
type Invite struct {
	// ID is 128 random bits in hex; Nonce another 128, bound into every statement made under the invite.
	ID    string `json:"id"`
	Nonce string `json:"nonce"`
	// Tenant is the id of the recruiter's organisation.
	Tenant string `json:"tenant"`
	// Origin is the server that issued the invite and takes the report, as "https://jobs.example".
	Origin string `json:"origin"`
	// ProbePin is "sha256:" and the hex SHA-256 of the server certificate's public key
	// (SubjectPublicKeyInfo); absent where the certificate is publicly trusted.
	ProbePin string `json:"probe_pin,omitzero"`
	// Applicant is the recruiter's own opaque reference.
	Applicant string `json:"applicant"`
	// Role and Region are what the applicant applies for.
	Role   string `json:"role"`
	Region string `json:"region"`
	// Issued, NotBefore and NotAfter are the recruiter's clock in UTC.
	Issued    time.Time `json:"issued"`
	NotBefore time.Time `json:"not_before"`
	NotAfter  time.Time `json:"not_after"`
	// Runs is how many runs the invite allows, at least 1.
	Runs int `json:"runs"`
	// LegalName says whether the applicant signs with the full legal name.
	LegalName bool `json:"legal_name"`
	// VoiceSample asks for a recording of the applicant reading aloud. The applicant decides.
	VoiceSample bool `json:"voice_sample,omitzero"`
	// Program is what the applicant's program must be; absent where any will do.
	Program *NeededProgram `json:"program,omitzero"`
	// Policy is the policy's JSON text, byte for byte; its SHA-256 is the statement's subject.
	Policy string `json:"policy"`
}

// Hello proves to the probe that its caller holds the session key. Its subject is the invite.
type Hello struct {
	InviteID   string    `json:"invite_id"`
	Nonce      string    `json:"nonce"`
	SessionKey string    `json:"session_key"`
	Sent       time.Time `json:"sent"`
}

// Observation is the far end's own account of one measurement, by its own
// counters and clock. Its subject is the invite.
type Observation struct {
	InviteID   string `json:"invite_id"`
	Nonce      string `json:"nonce"`
	SessionKey string `json:"session_key"`
	// Check is the check it saw, as "internet.speed".
	Check string `json:"check"`
	// Started and Ended are the probe's clock in UTC.
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended"`
	// Metrics all have the origin "server".
	Metrics []Metric `json:"metrics"`
	// Facts are named observations that are not numbers, as busy = "0" (other tests at the same time).
	Facts map[string]string `json:"facts"`
	// Series are values over time that the probe counted; all have the origin "server".
	Series []Series `json:"series,omitzero"`
}

// Program says what made a report.
type Program struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	OS      string `json:"os"`
	Arch    string `json:"arch"`
}

// Report is what the applicant sends. Its subjects are the invite and every
// observation it rests on. It holds no verdict: whoever reads it appraises it.
type Report struct {
	// InviteID and Nonce are the invite's; both empty for a self-check without one.
	InviteID string `json:"invite_id"`
	Nonce    string `json:"nonce"`
	// SessionKey is the base64 public key that seals this report.
	SessionKey string  `json:"session_key"`
	Program    Program `json:"program"`
	// Machine is a pseudonym of the computer, where the policy asks for one: the hex
	// HMAC-SHA256 of the tenant's id under the system's machine id. It means nothing to any other tenant.
	Machine string `json:"machine,omitzero"`
	// Started and Finished are the applicant's clock in UTC.
	Started  time.Time `json:"started"`
	Finished time.Time `json:"finished"`
	// PolicySHA256 is the hex digest of the policy that the applicant's program judged by.
	PolicySHA256 string `json:"policy_sha256"`
	// Signature is the full legal name typed as electronic signature, where the invite asks for it.
	Signature string `json:"signature,omitzero"`
	// Evidence has one entry a check, in the order of the plan.
	Evidence []Evidence `json:"evidence"`
}

// Receipt is the server's proof that it took a report in. Its subject is the report.
type Receipt struct {
	InviteID string `json:"invite_id"`
	// ReportSHA256 is the hex digest of the report's payload.
	ReportSHA256 string `json:"report_sha256"`
	// Received is the server's clock in UTC when the report was stored.
	Received time.Time `json:"received"`
	// Run is which run under the invite this session is, from 1; Runs is how many there were by then.
	Run  int `json:"run"`
	Runs int `json:"runs"`
	// Log is the report's place in the server's append-only log, with the proof of it. Every receipt has one.
	Log LogEntry `json:"log"`
}

// LogEntry is one place in the append-only log of receipts and the proof,
// after RFC 6962, that the tree of Size entries under Root holds it. Hashes
// are SHA-256 in lower-case hex.
type LogEntry struct {
	// ID names the log: 128 random bits in hex, made with the log.
	ID string `json:"id"`
	// Index is the place, from 0; Size is how many entries the log had with it.
	Index int64 `json:"index"`
	Size  int64 `json:"size"`
	// Root is the hash of the whole tree of that size.
	Root string `json:"root"`
	// Salt is 32 random bytes in hex: the entry is SHA-256(SHA-256(report's digest || time received) || salt),
	// so that who has neither cannot tell which report an entry is.
	Salt string `json:"salt"`
	// Proof are the hashes from the entry's sibling up to the root, at most 64.
	Proof []string `json:"proof"`
}

// Checkpoint is the server's statement of its whole log at one size, sealed by
// the receipt key. It has no subject: it is about no single report.
type Checkpoint struct {
	Tenant string `json:"tenant"`
	// Log is the log's id; Size, at least 1, and Root as in [LogEntry].
	Log  string `json:"log"`
	Size int64  `json:"size"`
	Root string `json:"root"`
	// Time is the server's clock in UTC when the last of these entries was added.
	Time time.Time `json:"time"`
}

// KeyRole is what a key may seal.
type KeyRole string

// The roles of the keys in a trust file.
const (
	RoleInvite  KeyRole = "invite"
	RoleProbe   KeyRole = "probe"
	RoleReceipt KeyRole = "receipt"
)

// TrustedKey is one key in a trust file.
type TrustedKey struct {
	Role KeyRole `json:"role"`
	// Alg is "ed25519".
	Alg string `json:"alg"`
	// Key is the base64 public key, which is also its id in envelopes.
	Key string `json:"key"`
	// NotBefore and NotAfter bound when a seal by this key counts.
	NotBefore time.Time `json:"not_before"`
	NotAfter  time.Time `json:"not_after"`
}

// Trust is the trust file: whose keys count for one tenant. It is sealed by
// the tenant's root key; its subject is the root key itself.
type Trust struct {
	Tenant string `json:"tenant"`
	// Name is the organisation's name as people read it.
	Name string `json:"name"`
	// Version grows with every change; an older one never replaces a newer one.
	Version int       `json:"version"`
	Issued  time.Time `json:"issued"`
	// Origins are the servers that speak for this tenant.
	Origins []string     `json:"origins"`
	Keys    []TrustedKey `json:"keys"`
	// Revoked are ids of invites and keys that no longer count.
	Revoked []string `json:"revoked"`
	// NextRoot is the root key that will seal later versions; absent while there is no change of root.
	NextRoot string `json:"next_root,omitzero"`
}
