#include "services/nrf_cloud/cloud_place.hpp"

#include <gtest/gtest.h>

namespace attache::services {
namespace {

TEST(CloudPlace, TakesTheServingCellAndItsNeighbours) {
  auto cells = cells_of_measurement(
      "%NCELLMEAS: "
      "0,\"00011B07\",\"26295\",\"00B7\",65535,1234,100,50,20,1000,1234,101,40,18,7,1300,102,30,15,9,"
      "55\r\n",
      false);
  ASSERT_EQ(cells.size(), 1U);
  EXPECT_EQ(cells[0].id, 0x11B07U);
  EXPECT_EQ(cells[0].area, 0xB7U);
  EXPECT_EQ(cells[0].plmn, "26295");
  ASSERT_EQ(cells[0].neighbours.size(), 2U);
  EXPECT_EQ(cells[0].neighbours[1].channel, 1300);
  EXPECT_EQ(cells[0].neighbours[1].physical_id, 102);
}

TEST(CloudPlace, TakesCellsByTheirIdentity) {
  auto cells = cells_of_measurement(
      "%NCELLMEAS: 0,\"00011B07\",\"26295\",\"00B7\",65535,0,1234,100,50,20,1000,1,1,1300,7,30,15,9,"
      "\"00011B66\",\"262951\",\"00B7\",65535,0,1235,103,50,20,1000,0,0\r\n",
      true);
  ASSERT_EQ(cells.size(), 2U);
  EXPECT_EQ(cells[0].neighbours.size(), 1U);
  EXPECT_EQ(cells[1].id, 0x11B66U);
  EXPECT_EQ(cells[1].plmn, "262951");
}

TEST(CloudPlace, TakesNothingOfWhatIsNoMeasurement) {
  for (std::string_view line :
       {"", "%NCELLMEAS: 1", "%NCELLMEAS: 0", "%NCELLMEAS: 0,\"XYZ\",\"26295\",\"00B7\"",
        "%NCELLMEAS: 0,\"00011B07\",\"2\",\"00B7\"", "%NCELLMEAS: 0,\"00011B07\",\"26295\""}) {
    EXPECT_TRUE(cells_of_measurement(line, false).empty()) << line;
    EXPECT_TRUE(cells_of_measurement(line, true).empty()) << line;
  }
  EXPECT_FALSE(cell_of_monitor("%XMONITOR: 2\r\n"));
}

TEST(CloudPlace, TakesTheCellThatTheModemIsIn) {
  auto cell = cell_of_monitor(
      "%XMONITOR: "
      "1,\"Operator\",\"Op\",\"26295\",\"00B7\",7,20,\"00011B07\",7,6400,53,22,\"\",\"11100000\"\r\n");
  ASSERT_TRUE(cell);
  EXPECT_EQ(cell->id, 0x11B07U);
  EXPECT_EQ(cell->area, 0xB7U);
}

TEST(CloudPlace, AsksWithAllThatIsHeard) {
  CloudSurroundings surroundings;
  surroundings.cells.push_back({0x11B07, 183, "26295", {{1300, 7}}});
  surroundings.access_points = {{"40:9b:cd:c1:5a:40", -40}, {"00:90:fe:eb:4f:42", std::nullopt}};
  EXPECT_EQ(place_request(surroundings),
            R"({"lte":[{"eci":72455,"tac":183,"mcc":262,"mnc":95,"nmr":[{"earfcn":1300,"pci":7}]}],)"
            R"("wifi":{"accessPoints":[{"macAddress":"40:9b:cd:c1:5a:40","signalStrength":-40},)"
            R"({"macAddress":"00:90:fe:eb:4f:42"}]}})");
}

TEST(CloudPlace, TellsAFixAsTheCloudReadsIt) {
  GnssFrame frame;
  frame.motion.position = {35.5, 139.25, 10.5};
  frame.motion.speed = 1.5;
  frame.motion.heading = 90.25;
  frame.accuracy = 4.5;
  frame.utc = base::WallTime(std::chrono::milliseconds(1'700'000'000'123));
  EXPECT_EQ(fix_message(frame),
            R"({"appId":"GNSS","messageType":"DATA","data":{"pvt":{"lng":1.3925E2,"lat":3.55E1,"alt":1.05E1,)"
            R"("acc":4.5E0,"spd":1.5E0,"hdg":9.025E1}},"ts":1700000000123})");
}

TEST(CloudPlace, ReadsAPlaceAndHowItWasFound) {
  auto place = read_place(R"({"lat":35.5,"lon":-139,"uncertainty":20.4,"fulfilledWith":"WIFI"})");
  ASSERT_TRUE(place);
  EXPECT_EQ(place->way, CloudPlace::Way::wifi);
  EXPECT_EQ(place->latitude, 35.5);
  EXPECT_EQ(place->longitude, -139);
  EXPECT_EQ(place->uncertainty, 20.4);
  EXPECT_EQ(read_place(R"({"lat":1,"lon":2,"uncertainty":3,"fulfilledWith":"MCELL"})")->way,
            CloudPlace::Way::several_cells);
  EXPECT_EQ(read_place(R"({"lat":1,"lon":2,"uncertainty":3})")->way, CloudPlace::Way::one_cell);
}

TEST(CloudPlace, TellsTheCloudsErrorFromWhatCannotBeRead) {
  EXPECT_EQ(read_place(R"({"err":40410})").error().code, 40410);
  for (std::string_view text :
       {"", "[]", "{}", "no JSON", R"({"lat":91,"lon":2,"uncertainty":3})",
        R"({"lat":1,"lon":181,"uncertainty":3})", R"({"lat":1,"lon":2,"uncertainty":-1})",
        R"({"lat":"1","lon":2,"uncertainty":3})", R"({"lat":1,"lon":2,"uncertainty":1e300})"}) {
    auto place = read_place(text);
    ASSERT_FALSE(place) << text;
    EXPECT_EQ(place.error().code, 0);
  }
}

}  // namespace
}  // namespace attache::services
