#include <utility>

#include "dialects/application.hpp"
#include "dialects/cloud_parameters.hpp"
#include "dialects/command.hpp"
#include "dialects/slm_3/cloud_session.hpp"
#include "dialects/slm_3/commands.hpp"

namespace attache::dialects::slm_3 {

namespace {

CloudSession& cloud(Application& application) {
  return application.session<CloudSession>();
}

std::optional<base::Reason> objection_without_cloud(Application& application, const Answer&) {
  return cloud(application).connected() ? std::nullopt : std::optional(no_cloud_connection_reason());
}

std::optional<base::Reason> objection_with_cloud(Application& application, const Answer&) {
  return cloud(application).busy() ? std::optional(cloud_connection_reason()) : std::nullopt;
}

std::optional<base::Reason> objection_to_second_place(Application& application, const Answer&) {
  return cloud(application).locating() ? std::optional(place_under_way_reason()) : std::nullopt;
}

constexpr Need cloud_there{"a connection to nRF Cloud", objection_without_cloud};
constexpr Need cloud_absent{"no connection to nRF Cloud", objection_with_cloud};
constexpr Need no_place_asked{"no request for a place", objection_to_second_place};

asio::awaitable<void> connect_cloud(Application& application, Answer answer) {
  bool send_location = answer.parameters().number(1) == 1;
  return cloud(application).connect(send_location, std::move(answer));
}

void disconnect_cloud(Application& application, Answer answer) {
  cloud(application).disconnect(std::move(answer));
}

void send_to_cloud(Application& application, Answer answer) {
  cloud(application).send_data(std::move(answer));
}

asio::awaitable<void> read_cloud(Application& application, Answer answer) {
  return cloud(application).tell_status(std::move(answer));
}

void ask_for_place(Application& application, Answer answer) {
  auto choice = static_cast<CloudSession::CellChoice>(answer.parameters().number(0));
  bool has_points = answer.parameters().number(1) == 1;
  auto points = take_access_points(answer, has_points, choice != CloudSession::CellChoice::none);
  if (!points) {
    return;
  }
  if (choice == CloudSession::CellChoice::measured && !cloud(application).has_measurement()) {
    answer.error(base::make_reason(base::Cause::nothing_open, "no place asked for",
                                   "no neighbours have been measured since the connection is there",
                                   "AT%NCELLMEAS measures them; wait for %NCELLMEAS: 0,…"));
    return;
  }
  cloud(application).locate(choice, std::move(*points), std::move(answer));
}

}  // namespace

void add_cloud_commands(Commands& commands) {
  commands.add(
      "#XNRFCLOUD",
      {.service = "nrfcloud",
       .operations = {{0, disconnect_cloud, {}, {cloud_there}},
                      {1, connect_cloud, {at::optional(at::number("send_location", 0, 1))}, {cloud_absent}},
                      {2, send_to_cloud, {}, {cloud_there}}},
       .read = read_cloud,
       .test = "#XNRFCLOUD: (0,1,2),<send_location>"});
  commands.add("#XNRFCLOUDPOS", {.service = "nrfcloud",
                                 .set = ask_for_place,
                                 .parameters = {at::number("cell_pos", 0, 2), at::number("wifi_pos", 0, 1)},
                                 .set_needs = {cloud_there, no_place_asked}});
}

}  // namespace attache::dialects::slm_3
