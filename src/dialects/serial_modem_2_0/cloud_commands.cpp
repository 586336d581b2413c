#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "dialects/application.hpp"
#include "dialects/cloud_parameters.hpp"
#include "dialects/command.hpp"
#include "dialects/serial_modem_2_0/cloud_session.hpp"
#include "dialects/serial_modem_2_0/commands.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

CloudSession& cloud(Application& application) {
  return application.session<CloudSession>();
}

std::optional<base::Reason> objection_without_cloud(Application& application, const Answer&) {
  return cloud(application).connected() ? std::nullopt : std::optional(no_cloud_connection_reason());
}

std::optional<base::Reason> objection_with_cloud(Application& application, const Answer&) {
  CloudSession& session = cloud(application);
  return session.connected() || session.connecting() ? std::optional(cloud_connection_reason())
                                                     : std::nullopt;
}

std::optional<base::Reason> objection_to_second_place(Application& application, const Answer&) {
  return cloud(application).locating() ? std::optional(place_under_way_reason()) : std::nullopt;
}

constexpr Need cloud_there{"a connection to nRF Cloud", objection_without_cloud};
constexpr Need cloud_absent{"no connection to nRF Cloud", objection_with_cloud};
constexpr Need no_place_asked{"no request for a place", objection_to_second_place};

void connect_cloud(Application& application, Answer answer) {
  bool send_location = answer.parameters().number(1) == 1;
  cloud(application).connect(send_location, std::move(answer));
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
  auto cells = static_cast<std::size_t>(answer.parameters().number(0));
  bool has_points = answer.parameters().number(1) == 1;
  auto points = take_access_points(answer, has_points, cells > 0);
  if (points) {
    cloud(application).locate(cells, std::move(*points), std::move(answer));
  }
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
  commands.add("#XNRFCLOUDPOS",
               {.service = "nrfcloud_location",
                .set = ask_for_place,
                .parameters = {at::number("cell_count", 0, 15), at::number("wifi_pos", 0, 1)},
                .set_needs = {cloud_there, no_place_asked}});
}

}  // namespace attache::dialects::serial_modem_2_0
