using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>The report of --show-groups: the coupled channels of a network.</summary>
internal static class GroupReport
{
    internal static Report Of(ChannelGroups groups)
    {
        var kept = new ReportObject();
        foreach ((string layer, string reason) in groups.Fixed)
        {
            kept.Add(layer, reason);
        }

        return new Report(new ReportObject
        {
            {
                "groups", ReportTable.Of(groups.Groups)
                    .Field("name", group => group.Name)
                    .Field("width", group => group.Width)
                    .Field("made_by", group => ReportValue.List(group.Producers))
                    .Field("read_by", group => ReportValue.List(group.Consumers))
                    .Field("parameters", group => ReportValue.List(group.Spaces.Where(space => space.IsParameter).Select(space => space.Name).Distinct()))
            },
            { "fixed", kept },
        })
        {
            Text = [.. groups.Groups.Select(group => (ReportPart)group.ToString()), .. groups.Fixed.Select(each => (ReportPart)$"{each.Key}: fixed; {each.Value}")],
        };
    }
}
