using System.Text.Json;
using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>Prints which channels of a network go together.</summary>
internal static class GroupReport
{
    internal static void Show(Terminal terminal, ChannelGroups groups, bool json)
    {
        if (json)
        {
            Json.Print(terminal, writer => Write(writer, groups));
            return;
        }

        foreach (ChannelGroup group in groups.Groups)
        {
            terminal.Out.WriteLine(group.ToString());
        }

        foreach ((string layer, string reason) in groups.Fixed)
        {
            terminal.Out.WriteLine($"{layer}: keeps all; {reason}");
        }
    }

    private static void Write(Utf8JsonWriter json, ChannelGroups groups)
    {
        json.WriteStartObject();
        json.WriteStartArray("groups");
        foreach (ChannelGroup group in groups.Groups)
        {
            json.WriteStartObject();
            json.WriteString("name", group.Name);
            json.WriteNumber("width", group.Width);
            WriteNames(json, "made_by", group.Producers);
            WriteNames(json, "read_by", group.Consumers);
            WriteNames(json, "parameters", group.Spaces.Where(space => space.IsParameter).Select(space => space.Name).Distinct());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("fixed");
        foreach ((string layer, string reason) in groups.Fixed)
        {
            json.WriteString(layer, reason);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteNames(Utf8JsonWriter json, string property, IEnumerable<string> names)
    {
        json.WriteStartArray(property);
        foreach (string name in names)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
    }
}
