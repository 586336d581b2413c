#include "cellular/registration/cause_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace attache::cellular {

namespace {

struct CauseName {
  int number;
  std::string_view name;
};

constexpr std::array emm_names{
    CauseName{2, "IMSI unknown in HSS"},
    CauseName{3, "illegal UE"},
    CauseName{5, "IMEI not accepted"},
    CauseName{6, "illegal ME"},
    CauseName{7, "EPS services not allowed"},
    CauseName{8, "EPS services and non-EPS services not allowed"},
    CauseName{9, "UE identity cannot be derived by the network"},
    CauseName{10, "implicitly detached"},
    CauseName{11, "PLMN not allowed"},
    CauseName{12, "tracking area not allowed"},
    CauseName{13, "roaming not allowed in this tracking area"},
    CauseName{14, "EPS services not allowed in this PLMN"},
    CauseName{15, "no suitable cells in tracking area"},
    CauseName{16, "MSC temporarily not reachable"},
    CauseName{17, "network failure"},
    CauseName{18, "CS domain not available"},
    CauseName{19, "ESM failure"},
    CauseName{20, "MAC failure"},
    CauseName{21, "synch failure"},
    CauseName{22, "congestion"},
    CauseName{23, "UE security capabilities mismatch"},
    CauseName{24, "security mode rejected, unspecified"},
    CauseName{25, "not authorized for this CSG"},
    CauseName{26, "non-EPS authentication unacceptable"},
    CauseName{31, "redirection to 5GCN required"},
    CauseName{35, "requested service option not authorized in this PLMN"},
    CauseName{39, "CS service temporarily not available"},
    CauseName{40, "no EPS bearer context activated"},
    CauseName{42, "severe network failure"},
    CauseName{78, "PLMN not allowed to operate at the present UE location"},
    CauseName{95, "semantically incorrect message"},
    CauseName{96, "invalid mandatory information"},
    CauseName{97, "message type non-existent or not implemented"},
    CauseName{98, "message type not compatible with the protocol state"},
    CauseName{99, "information element non-existent or not implemented"},
    CauseName{100, "conditional IE error"},
    CauseName{101, "message not compatible with the protocol state"},
    CauseName{111, "protocol error, unspecified"},
};

constexpr std::array esm_names{
    CauseName{8, "operator determined barring"},
    CauseName{26, "insufficient resources"},
    CauseName{27, "missing or unknown APN"},
    CauseName{28, "unknown PDN type"},
    CauseName{29, "user authentication failed"},
    CauseName{30, "request rejected by Serving GW or PDN GW"},
    CauseName{31, "request rejected, unspecified"},
    CauseName{32, "service option not supported"},
    CauseName{33, "requested service option not subscribed"},
    CauseName{34, "service option temporarily out of order"},
    CauseName{35, "PTI already in use"},
    CauseName{36, "regular deactivation"},
    CauseName{37, "EPS QoS not accepted"},
    CauseName{38, "network failure"},
    CauseName{39, "reactivation requested"},
    CauseName{41, "semantic error in the TFT operation"},
    CauseName{42, "syntactical error in the TFT operation"},
    CauseName{43, "invalid EPS bearer identity"},
    CauseName{44, "semantic errors in packet filters"},
    CauseName{45, "syntactical errors in packet filters"},
    CauseName{47, "PTI mismatch"},
    CauseName{49, "last PDN disconnection not allowed"},
    CauseName{50, "PDN type IPv4 only allowed"},
    CauseName{51, "PDN type IPv6 only allowed"},
    CauseName{52, "single address bearers only allowed"},
    CauseName{53, "ESM information not received"},
    CauseName{54, "PDN connection does not exist"},
    CauseName{55, "multiple PDN connections for a given APN not allowed"},
    CauseName{56, "collision with network initiated request"},
    CauseName{57, "PDN type IPv4v6 only allowed"},
    CauseName{58, "PDN type non IP only allowed"},
    CauseName{59, "unsupported QCI value"},
    CauseName{60, "bearer handling not supported"},
    CauseName{65, "maximum number of EPS bearers reached"},
    CauseName{66, "requested APN not supported in current RAT and PLMN combination"},
    CauseName{81, "invalid PTI value"},
    CauseName{95, "semantically incorrect message"},
    CauseName{96, "invalid mandatory information"},
    CauseName{97, "message type non-existent or not implemented"},
    CauseName{98, "message type not compatible with the protocol state"},
    CauseName{99, "information element non-existent or not implemented"},
    CauseName{100, "conditional IE error"},
    CauseName{101, "message not compatible with the protocol state"},
    CauseName{111, "protocol error, unspecified"},
    CauseName{112, "APN restriction value incompatible with active EPS bearer context"},
    CauseName{113, "multiple accesses to a PDN connection not allowed"},
};

std::string name_and_number(std::string_view kind, int number, std::span<const CauseName> names) {
  auto found = std::find_if(names.begin(), names.end(),
                            [number](const CauseName& cause) { return cause.number == number; });
  return found == names.end() ? fmt::format("{} cause {}", kind, number)
                              : fmt::format("{} cause {}, {}", kind, number, found->name);
}

}  // namespace

std::string emm_cause(int number) {
  return name_and_number("EMM", number, emm_names);
}

std::string esm_cause(int number) {
  return name_and_number("ESM", number, esm_names);
}

bool is_final(int emm_number) {
  constexpr std::array final_causes{3, 6, 7, 8};
  return std::find(final_causes.begin(), final_causes.end(), emm_number) != final_causes.end();
}

}  // namespace attache::cellular
