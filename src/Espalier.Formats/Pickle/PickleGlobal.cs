namespace Espalier.Formats;

/// <summary>The name of something that Python would import. Nothing is imported here: it is only a pair of strings.</summary>
internal sealed record PickleGlobal(string Module, string Name)
{
    public override string ToString() => $"{Module}.{Name}";
}
