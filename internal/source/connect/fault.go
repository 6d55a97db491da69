package connect

import (
	"errors"
	"net/http"
	"strings"

	"rollcall"
	"rollcall/connectapi"
	"rollcall/connectclient"
)

// needed are what no look can do without, and wanted what gives names and queues.
var (
	needed = []string{connectapi.ListRoutingProfiles.Action(), connectapi.GetCurrentUserData.Action()}
	wanted = []string{
		connectapi.SearchUsers.Action(), connectapi.ListAgentStatuses.Action(), connectapi.ListQueues.Action(),
		connectapi.ListRoutingProfileQueues.Action(), connectapi.ListUserHierarchyGroups.Action(),
	}
)

func isDenied(err error) bool {
	said, ok := errors.AsType[*connectclient.APIError](err)
	return ok && (said.Status == http.StatusForbidden || said.Code == "AccessDeniedException")
}

// explain says what hinders a look, and what to do, to an operator.
func explain(err error) string {
	said, answered := errors.AsType[*connectclient.APIError](err)
	switch {
	case isDenied(err):
		return "the credentials may not do connect:" + said.Operation + "; they need " + strings.Join(needed, " and ") +
			" on the instance and what is in it, and for names and queues " + strings.Join(wanted, ", ") + ": " + saidBy(said)
	case answered && said.Status == http.StatusTooManyRequests:
		return "Amazon Connect slows the questions down, since others of this account and Region ask, too: " + saidBy(said)
	case answered && said.Status == http.StatusNotFound:
		return "there is no such instance in the account of the credentials and this Region: " + saidBy(said)
	case answered:
		return said.Operation + ": " + saidBy(said)
	case rollcall.ErrorCode(err) != rollcall.CodeInternal:
		return rollcall.ErrorMessage(err)
	}
	return rollcall.Shorten(err.Error())
}

func saidBy(e *connectclient.APIError) string { return e.Code + ": " + rollcall.Shorten(e.Message) }

// lacking says what is missing for want of permissions; nothing, if nothing is.
func lacking(actions []string) string {
	if len(actions) == 0 {
		return ""
	}
	return "names or queues are missing, since the credentials may not do " + strings.Join(actions, ", ")
}
