// Package connectapi is Amazon Connect's operations as data: what each takes
// and gives, under the names, in the order and with the limits of the API.
//
// An operation is a file: two structs and one value. The server decodes,
// judges and answers by it, [rollcall/connectclient] sends by it, and the
// command line has its options, validation, skeletons, help and paging from it.
// Nothing else knows a member's name.
//
//	var ListUsers = define[ListUsersInput, ListUsersOutput](Operation{
//		Route: Route{"ListUsers", "GET", "/users-summary/{InstanceId}", AccessList},
//		Doc:  "Lists the users of an instance.",
//		Page: &Page{Result: "UserSummaryList"},
//	})
//
//	type ListUsersInput struct {
//		InstanceID string `json:"InstanceId" api:"path,required,min=1,max=100" doc:"The id or ARN of the instance."`
//		…
//
// The tag json has a member's name, api its place and limits (see [Of]), doc
// and more what help says of it. Structures are whole: a member that the API
// has stands here even if no server of ours fills it, because the command line
// shows nothing that it doesn't know.
//
// In Go, a member that was left out has its zero value: an empty string, a nil
// list, zero. Where zero says something, the member is a pointer. [Marshal] and
// [Unmarshal] write and read the API's form, in which instants are numbers.
//
// Beside the operations that rollcall has stand the names of all others
// ([Amazon]), so that a server can say what it lacks.
//
// Names, places, limits and orders are facts of Amazon Connect's published API;
// a conformance test holds them against the AWS SDK that is installed. The
// sentences are ours.
package connectapi
