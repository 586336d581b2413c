#include "lab/cloud/nrf_cloud.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/wire/base64.hpp"

namespace attache::lab {
namespace {

using net::CoapMessage;
using testing::HasSubstr;

CoapMessage request(std::uint8_t method, std::string_view path, std::string payload = {}) {
  CoapMessage message;
  message.code = method;
  message.set_path(path);
  message.payload = std::move(payload);
  return message;
}

std::string token_of(std::string_view device) {
  return "e30." + net::to_base64("{\"sub\":\"" + std::string(device) + "\"}") + ".c2ln";
}

class NrfCloudDouble : public testing::Test {
 protected:
  std::string code(const CoapMessage& asked) {
    auto response = cloud.answer(visit, asked);
    return response ? net::coap_code_text(response->code) : "lost";
  }
  std::string let_in(std::string_view device = "dev", std::string_view path = "auth/jwt") {
    return code(request(CoapMessage::post, path, token_of(device)));
  }
  std::string payload(const CoapMessage& asked) { return cloud.answer(visit, asked).value().payload; }
  unsigned steer(std::string method, std::string target, std::string body = {}) {
    HttpRequest asked;
    asked.method = std::move(method);
    asked.target = std::move(target);
    asked.body = std::move(body);
    auto answer = cloud.steer(asked);
    text = std::get<std::string>(answer.body);
    return answer.status;
  }

  NrfCloud cloud;
  NrfCloud::Visit visit;
  std::string text;
};

TEST_F(NrfCloudDouble, AnswersNobodyBeforeAToken) {
  EXPECT_EQ(code(request(CoapMessage::post, "msg/d2c", "{}")), "4.01");
  for (const char* token : {"", "a.b", "e30.e30.c2ln", "e30.*.c2ln", "e30.W10.c2ln"}) {
    EXPECT_EQ(code(request(CoapMessage::post, "auth/jwt", token)), "4.00") << token;
  }
  EXPECT_EQ(let_in(), "2.01");
  EXPECT_EQ(code(request(CoapMessage::post, "msg/d2c", "{\"a\":1}")), "2.01");
  EXPECT_EQ(code(request(CoapMessage::get, "nosuch")), "4.04");
  ASSERT_EQ(cloud.messages().size(), 1U);
  EXPECT_EQ(cloud.messages()[0].device, "dev");
  EXPECT_EQ(cloud.messages()[0].text, "{\"a\":1}");
}

TEST_F(NrfCloudDouble, LetsInWhoIsClaimed) {
  cloud.claim_all(false);
  EXPECT_EQ(let_in(), "4.03");
  cloud.claim("dev");
  EXPECT_EQ(let_in(), "2.01");
  EXPECT_EQ(let_in("other"), "4.03");
}

TEST_F(NrfCloudDouble, FindsPlaces) {
  let_in();
  auto place = [&](std::string body) { return payload(request(CoapMessage::post, "loc/ground-fix", body)); };
  EXPECT_THAT(place(R"({"lte":[{"eci":1}]})"), HasSubstr("SCELL"));
  EXPECT_THAT(place(R"({"lte":[{"eci":1,"nmr":[{"pci":1}]}]})"), HasSubstr("MCELL"));
  EXPECT_THAT(place(R"({"lte":[{"eci":1},{"eci":2}]})"), HasSubstr("MCELL"));
  EXPECT_THAT(place(R"({"wifi":{}})"), HasSubstr("WIFI"));
  for (const char* body : {"", "[]", "{}", R"({"lte":5})", R"({"lte":[5]})"}) {
    EXPECT_THAT(place(body), HasSubstr("err")) << body;
  }
  cloud.fail_place(40410);
  EXPECT_EQ(place(R"({"wifi":{}})"), R"({"err":40410})");
  EXPECT_THAT(place(R"({"wifi":{}})"), HasSubstr("WIFI")) << "once";
}

TEST_F(NrfCloudDouble, OffersUpdatesByKind) {
  let_in();
  auto asked = request(CoapMessage::get, "fota/exec/current");
  EXPECT_EQ(code(asked), "4.04");
  asked.options.push_back({CoapMessage::uri_query, "type=APP"});
  EXPECT_EQ(code(asked), "4.04");
  cloud.offer_update("APP", "https://x/f");
  EXPECT_THAT(payload(asked), HasSubstr("https://x/f"));
  cloud.offer_update("APP", "");
  EXPECT_EQ(code(asked), "4.04");
}

TEST_F(NrfCloudDouble, ProvidesCredentialsOnce) {
  cloud.provide({{77, 0, "PEM"}});
  EXPECT_EQ(let_in("dev", "p/auth-jwt"), "2.01");
  EXPECT_EQ(payload(request(CoapMessage::get, "p/cmd")),
            R"({"commands":[{"secTag":77,"type":0,"content":"PEM"}]})");
  EXPECT_EQ(code(request(CoapMessage::post, "p/rsp", "{}")), "2.01");
  EXPECT_EQ(payload(request(CoapMessage::get, "p/cmd")), R"({"commands":[]})");
  EXPECT_EQ(code(request(CoapMessage::post, "msg/d2c", "{}")), "4.04") << "this is another service";
}

TEST_F(NrfCloudDouble, LosesAsManyRequestsAsItIsTold) {
  let_in();
  cloud.lose(2);
  auto asked = request(CoapMessage::post, "msg/d2c", "{}");
  EXPECT_EQ(code(asked), "lost");
  EXPECT_EQ(code(asked), "lost");
  EXPECT_EQ(code(asked), "2.01");
}

TEST_F(NrfCloudDouble, TellsADeviceItsTopicsByMqtt) {
  auto told = cloud.take("dev", "$aws/things/dev/shadow/get", "{}");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].first, "dev/shadow/get/accepted");
  EXPECT_EQ(told[0].second, R"({"desired":{"nrfcloud_mqtt_topic_prefix":"prod/lab/"}})");
  cloud.claim_all(false);
  EXPECT_EQ(cloud.take("dev", "$aws/things/dev/shadow/get", "")[0].second, R"({"desired":{}})");
  EXPECT_TRUE(cloud.take("dev", "$aws/things/other/shadow/get", "{}").empty());
  EXPECT_TRUE(cloud.take("dev", "prod/lab/m/d/dev/d2c", "hello").empty());
  ASSERT_EQ(cloud.messages().size(), 1U);
  EXPECT_EQ(cloud.messages()[0].way, "mqtt");
  auto place = cloud.take("dev", "prod/lab/m/d/dev/d2c",
                          R"({"appId":"GROUND_FIX","messageType":"DATA","data":{"wifi":{}}})");
  ASSERT_EQ(place.size(), 1U);
  EXPECT_EQ(place[0].first, "prod/lab/m/d/dev/c2d");
  EXPECT_THAT(place[0].second, HasSubstr("WIFI"));
  cloud.fail_place(40410);
  EXPECT_THAT(cloud.take("dev", "prod/lab/m/d/dev/d2c", R"({"appId":"GROUND_FIX"})")[0].second,
              HasSubstr("\"err\":40410"));
}

TEST_F(NrfCloudDouble, SendsToThoseThatAreThere) {
  std::vector<NrfCloud::Publication> sent;
  auto presence = cloud.admit("dev", [&](const auto& publication) { sent.push_back(publication); });
  cloud.send("hello");
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0], NrfCloud::Publication("prod/lab/m/d/dev/c2d", "hello"));
  presence.reset();
  cloud.send("hello");
  EXPECT_EQ(sent.size(), 1U);
}

TEST_F(NrfCloudDouble, IsSteeredOverHttp) {
  EXPECT_EQ(steer("POST", "/nrf-cloud/claims/none"), 200U);
  EXPECT_EQ(let_in(), "4.03");
  EXPECT_EQ(steer("POST", "/nrf-cloud/claim/dev"), 200U);
  EXPECT_EQ(let_in(), "2.01");
  EXPECT_EQ(steer("POST", "/nrf-cloud/claims/all"), 200U);
  EXPECT_EQ(let_in("other"), "2.01");
  EXPECT_EQ(steer("POST", "/nrf-cloud/lose/1"), 200U);
  EXPECT_EQ(code(request(CoapMessage::post, "msg/d2c", "{}")), "lost");
  EXPECT_EQ(code(request(CoapMessage::post, "msg/d2c", "{}")), "2.01");
  EXPECT_EQ(steer("GET", "/nrf-cloud/messages"), 200U);
  EXPECT_EQ(text, R"([{"device":"other","by":"coap","text":"{}","projectKey":""}])");
  EXPECT_EQ(steer("POST", "/nrf-cloud/update/APP", "https://x/f"), 200U);
  auto asked = request(CoapMessage::get, "fota/exec/current");
  asked.options.push_back({CoapMessage::uri_query, "type=APP"});
  EXPECT_THAT(payload(asked), HasSubstr("https://x/f"));
  EXPECT_EQ(steer("POST", "/nrf-cloud/place-error/40410"), 200U);
  EXPECT_EQ(payload(request(CoapMessage::post, "loc/ground-fix", R"({"wifi":{}})")), R"({"err":40410})");
  EXPECT_EQ(steer("POST", "/nrf-cloud/credentials", R"([{"secTag":5,"type":0,"content":"x"}])"), 200U);
  EXPECT_EQ(let_in("dev", "p/auth-jwt"), "2.01");
  EXPECT_THAT(payload(request(CoapMessage::get, "p/cmd")), HasSubstr("\"secTag\":5"));
}

TEST_F(NrfCloudDouble, RefusesSteeringThatItDoesNotUnderstand) {
  for (const char* target : {"/nrf-cloud/", "/nrf-cloud/nosuch", "/nrf-cloud/lose/", "/nrf-cloud/lose/x",
                             "/nrf-cloud/claims/some", "/nrf-cloud/claim/", "/nrf-cloud/update/OTHER",
                             "/nrf-cloud/place-error/-1", "/nrf-cloud/credentials", "/nrf-cloud/messages"}) {
    EXPECT_EQ(steer("POST", target), 400U) << target;
  }
  for (const char* body : {"{}", "[5]", R"([{"secTag":5}])", R"([{"secTag":"x","type":0}])"}) {
    EXPECT_EQ(steer("POST", "/nrf-cloud/credentials", body), 400U) << body;
  }
  EXPECT_EQ(steer("GET", "/nrf-cloud/claims/all"), 400U);
}

TEST_F(NrfCloudDouble, KeepsTheLastMessagesOnly) {
  let_in();
  for (int i = 0; i < 1001; ++i) {
    code(request(CoapMessage::post, "msg/d2c", std::to_string(i)));
  }
  EXPECT_EQ(cloud.messages().size(), 1000U);
  EXPECT_EQ(cloud.messages().front().text, "1");
}

}  // namespace
}  // namespace attache::lab
