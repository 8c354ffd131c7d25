using System.Text.Json.Nodes;
using Espalier.Formats;
using Espalier.Models;

namespace Espalier.Serving.Tests;

public sealed class ReloadTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_changed_file_is_served_and_a_bad_one_is_not()
    {
        string path = TinyData.WriteModel(_folder);
        await using RunningServer server = await RunningServer.Start(new ServingOptions { Models = [path], Threads = 1, ReloadInterval = TimeSpan.Zero });
        Assert.Empty(server.Catalog.Rescan());
        Assert.Equal(Seeded(1), await Ask(server));

        Write(path, 2);
        Assert.Equal([CatalogChangeKind.Replaced], server.Catalog.Rescan().Select(change => change.Kind));
        Assert.Equal(Seeded(2), await Ask(server));

        File.WriteAllText(path, "this is no model");
        CatalogChange failure = Assert.Single(server.Catalog.Rescan());
        Assert.Equal(CatalogChangeKind.Failed, failure.Kind);
        Assert.Contains(path, failure.Error, StringComparison.Ordinal);
        Assert.Empty(server.Catalog.Rescan()); // told once
        Assert.Equal(Seeded(2), await Ask(server));

        File.Delete(path);
        Assert.Empty(server.Catalog.Rescan());
        Assert.Equal(Seeded(2), await Ask(server));

        Write(path, 3);
        Assert.Equal([CatalogChangeKind.Replaced], server.Catalog.Rescan().Select(change => change.Kind));
        Assert.Equal(Seeded(3), await Ask(server));
        string metrics = (await server.Get("/metrics")).Text;
        Assert.Contains("""espalier_serving_model_loads_total{model="tiny",outcome="ok"} 3""", metrics, StringComparison.Ordinal);
        Assert.Contains("""espalier_serving_model_loads_total{model="tiny",outcome="failed"} 1""", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_running_request_ends_on_the_model_that_it_began_with()
    {
        using var gate = new GatedRuntime { Closed = true };
        string path = TinyData.WriteModel(_folder);
        await using RunningServer server = await RunningServer.Start(new ServingOptions { Models = [path], Threads = 1, ReloadInterval = TimeSpan.Zero, Runtime = gate });
        Task<float[]> old = Ask(server);
        await gate.AwaitBatch();
        Write(path, 2);
        Assert.Single(server.Catalog.Rescan());
        Task<float[]> young = Ask(server);
        await gate.AwaitBatch();
        gate.Open();
        Assert.Equal(Seeded(1), await old);
        Assert.Equal(Seeded(2), await young);
    }

    [Fact]
    public async Task A_folder_has_models_with_and_without_versions()
    {
        Write(_folder.File("models/plain.espalier"), 1);
        Write(_folder.File("models/many/1/a.espalier"), 1);
        Write(_folder.File("models/many/10/b.espalier"), 3);
        Write(_folder.File("models/many/2/c.espalier"), 2);
        _folder.Write("models/.hidden.espalier", 0);
        _folder.Write("models/readme.txt", 0);
        await using RunningServer server = await RunningServer.Start(new ServingOptions { Folder = _folder["models"], Threads = 1, ReloadInterval = TimeSpan.Zero });
        Assert.Equal(["many", "plain"], server.Catalog.Names);
        Assert.Equal("""["1","2","10"]""", JsonNode.Parse((await server.Get("/v2/models/many")).Text)!["versions"]!.ToJsonString());
        Assert.Equal(Seeded(3), await Ask(server, "many"));
        Assert.Equal(Seeded(2), await Ask(server, "many/versions/2"));

        Directory.Delete(_folder["models/many/10"], recursive: true);
        Write(_folder.File("models/new/1/x.espalier"), 2);
        Assert.Equal([CatalogChangeKind.Added, CatalogChangeKind.Removed], server.Catalog.Rescan().Select(change => change.Kind));
        Assert.Equal(Seeded(2), await Ask(server, "many"));
        Assert.Equal(Seeded(2), await Ask(server, "new"));

        Directory.CreateDirectory(_folder["models/many/latest"]);
        CatalogChange fault = Assert.Single(server.Catalog.Rescan());
        Assert.Null(fault.Location);
        Assert.Contains("latest is no version: expected a whole number", fault.Error, StringComparison.Ordinal);
        Assert.Empty(server.Catalog.Rescan());
        Assert.Equal(Seeded(2), await Ask(server, "many"));
    }

    [Fact]
    public async Task Under_load_every_answer_is_of_one_of_the_models()
    {
        string path = TinyData.WriteModel(_folder);
        await using RunningServer server = await RunningServer.Start(new ServingOptions { Models = [path], Threads = 1, ReloadInterval = TimeSpan.Zero, MaxBatch = 4 });
        float[][] known = [Seeded(1), Seeded(2), Seeded(3)];
        using var stop = new CancellationTokenSource();
        Task<int>[] clients = [.. Enumerable.Range(0, 4).Select(async _ =>
        {
            int answers = 0;
            for (; !stop.IsCancellationRequested; answers++)
            {
                float[] found = await Ask(server);
                Assert.Contains(known, logits => logits.AsSpan().SequenceEqual(found));
            }

            return answers;
        })];
        for (int i = 0; i < 9; i++)
        {
            Write(path, 1 + ((ulong)(i + 1) % 3));
            Assert.Equal([CatalogChangeKind.Replaced], server.Catalog.Rescan().Select(change => change.Kind));
        }

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(clients), answers => Assert.True(answers > 0));
        Assert.Equal(known[0], await Ask(server));
    }

    [Fact]
    public async Task The_running_server_looks_by_itself()
    {
        string path = TinyData.WriteModel(_folder);
        await using RunningServer server = await RunningServer.Start(new ServingOptions { Models = [path], Threads = 1, ReloadInterval = TimeSpan.FromMilliseconds(20) });
        Write(path, 2);
        await RunningServer.Until(() => server.Get("/metrics").Result.Text.Contains("""espalier_serving_model_loads_total{model="tiny",outcome="ok"} 2""", StringComparison.Ordinal));
        Assert.Equal(Seeded(2), await Ask(server));
    }

    [Fact]
    public async Task What_cannot_be_served_does_not_start()
    {
        string path = TinyData.WriteModel(_folder);
        string bad = _folder.Write("bad.espalier", 1, 2, 3), odd = _folder.File("odd name.espalier"), same = _folder.File("other/tiny.espalier");
        File.Copy(path, odd);
        File.Copy(path, same);
        Directory.CreateDirectory(_folder["empty"]);
        Directory.CreateDirectory(_folder["twofold/m/1"]);
        File.Copy(path, _folder["twofold/m/1/a.espalier"]);
        File.Copy(path, _folder["twofold/m/1/b.espalier"]);
        Assert.Contains(bad, await Fault(new ServingOptions { Models = [path, bad] }), StringComparison.Ordinal);
        Assert.Contains("cannot be served under the name 'odd name'", await Fault(new ServingOptions { Models = [odd] }), StringComparison.Ordinal);
        Assert.Contains("would both be served as tiny version 1", await Fault(new ServingOptions { Models = [path, same] }), StringComparison.Ordinal);
        Assert.Contains("has no model: expected NAME/VERSION/*.espalier", await Fault(new ServingOptions { Folder = _folder["empty"] }), StringComparison.Ordinal);
        Assert.Contains("is not a folder", await Fault(new ServingOptions { Folder = _folder["nowhere"] }), StringComparison.Ordinal);
        Assert.Contains("has 2 files *.espalier; expected one", await Fault(new ServingOptions { Folder = _folder["twofold"] }), StringComparison.Ordinal);
        Assert.Contains("there is no model to serve", await Fault(new ServingOptions()), StringComparison.Ordinal);

        static async Task<string> Fault(ServingOptions options) => (await Assert.ThrowsAsync<EspalierException>(async () => await (await RunningServer.Start(options)).DisposeAsync())).Message;
    }

    private static float[] Sample => TinyTensors.Samples(1);

    private static void Write(string path, ulong seed)
    {
        string written = path + ".new";
        ModelFile.Write(written, Model(seed));
        File.SetLastWriteTimeUtc(written, DateTime.UtcNow.AddSeconds(seed)); // as many bytes, and perhaps within a tick of the clock
        File.Move(written, path, overwrite: true);
    }

    private static Model Model(ulong seed) => Zoo.Create(TinyData.Network, new ZooOptions()).Initialize(seed);

    private static float[] Seeded(ulong seed) => Runtimes.Cpu.Run(Model(seed), Tensor.From([1, 3, 32, 32], Sample)).Read<float>().ToArray();

    private static async Task<float[]> Ask(RunningServer server, string model = "tiny")
    {
        (HttpStatusCode status, string text) = await RunningServer.Read(server.PostJson($"/v2/models/{model}/infer", TinyTensors.Request(Sample)));
        Assert.True(status == HttpStatusCode.OK, text);
        return TinyTensors.Data(text);
    }
}
