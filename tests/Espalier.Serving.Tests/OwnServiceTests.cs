using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Espalier.Serving.Tests;

/// <summary>Models in a service of one's own.</summary>
public sealed class OwnServiceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_service_adds_models_and_uses_them_itself()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddEspalier(TinyData.WriteModel(_folder));
        await using WebApplication app = builder.Build();
        app.MapEspalier();
        app.MapGet("/", () => "mine");
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        Assert.Equal("mine", await client.GetStringAsync("/", TestContext.Current.CancellationToken));
        Assert.Equal("""{"ready":true}""", await client.GetStringAsync("/v2/health/ready", TestContext.Current.CancellationToken));

        EspalierService service = app.Services.GetRequiredService<EspalierService>();
        using ImageClassifier classifier = ImageClassifier.Load(_folder["tiny.espalier"]);
        Assert.Equal(["tiny"], service.Models);
        Assert.Equal(classifier.Classify(RunningServer.Photo(1), 3), await service.ClassifyAsync(RunningServer.Photo(1), top: 3, cancellation: TestContext.Current.CancellationToken));
        ServingException unknown = await Assert.ThrowsAsync<ServingException>(() => service.ClassifyAsync(RunningServer.Photo(1), "other", cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(404, unknown.Status);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => service.ClassifyAsync(RunningServer.Photo(1), cancellation: cancelled.Token));
    }

    [Fact]
    public void Wrong_options_fail_where_they_are_given() => Assert.Throws<ArgumentOutOfRangeException>(() => new ServiceCollection().AddEspalier(new ServingOptions { MaxBatch = 0 }));
}
