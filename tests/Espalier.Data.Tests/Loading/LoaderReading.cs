namespace Espalier.Data.Tests.Loading;

/// <summary>Reading that ends when the test run does.</summary>
internal static class LoaderReading
{
    internal static IEnumerable<Batch> Epoch(this DataLoader loader) => loader.ReadEpoch(TestContext.Current.CancellationToken);
}
