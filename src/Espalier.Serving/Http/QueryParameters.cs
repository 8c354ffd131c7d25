namespace Espalier.Serving;

/// <summary>The parameters of an address.</summary>
internal static class QueryParameters
{
    internal const string Model = "model";
    internal const string Version = "version";

    /// <summary>Refuses parameters that an endpoint does not know, and those that are given twice.</summary>
    /// <exception cref="ServingException">There is one.</exception>
    internal static void Require(IQueryCollection query, string[] known)
    {
        if (query.FirstOrDefault(pair => !known.Contains(pair.Key, StringComparer.Ordinal) || pair.Value.Count != 1) is { Key: { } unknown })
        {
            throw ServingException.Invalid($"the address has the parameter '{unknown}'; expected {string.Join(", ", known)}, each at most once");
        }
    }
}
