namespace Espalier.Formats;

/// <summary>The name of something that Python would import. Here it is two words and stays two words.</summary>
internal sealed record PickleGlobal(string Module, string Name)
{
    public override string ToString() => $"{Module}.{Name}";
}
