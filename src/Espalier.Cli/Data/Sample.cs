using Espalier.Imaging;

namespace Espalier.Cli.Data;

/// <summary>An image that is known but not read yet.</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Class">What it shows, where that is known.</param>
internal abstract record Sample(string Name, int? Class)
{
    /// <summary>Reads and decodes it.</summary>
    internal abstract Image Load();
}
