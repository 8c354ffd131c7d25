using Espalier.Formats.Tests.Support;
using Espalier.Graphs;

namespace Espalier.Formats.Tests;

public sealed class ModelAttachmentsTests
{
    [Fact]
    public void Attachments_come_back_and_readers_of_models_do_not_see_them()
    {
        Model model = SmallModel.Make(1);
        var attachments = new ModelAttachments(new StateDict([new("a/b", Tensor.From<long>([2], [1, 2]))]), [new("a/text", "ünïcode\nlines")]);
        byte[] file = Write(model, attachments);
        (Model again, ModelAttachments read) = ModelFile.ReadAttached(file, "file");
        Assert.Equal(model.Graph, again.Graph);
        Assert.Equal(["a/b"], read.Tensors.Names);
        Assert.True(read.Tensors["a/b"].BitEquals(attachments.Tensors["a/b"]));
        Assert.Equal("ünïcode\nlines", read.Text("a/text"));
        Assert.Null(read.Text("a/other"));
        Assert.Equal(model.Parameters.Keys, ModelFile.Read(file, "file").Parameters.Keys);
    }

    [Fact]
    public void A_changed_bit_anywhere_is_found()
    {
        byte[] file = Write(SmallModel.Make(1), new ModelAttachments(new StateDict([]), []));
        file[^1] ^= 1;
        Assert.Contains("SHA-256", Assert.Throws<MalformedInputException>(() => ModelFile.ReadAttached(file, "file")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_could_be_parameters_are_refused()
    {
        using var stream = new MemoryStream();
        Assert.Throws<ArgumentException>(() => ModelFile.Write(stream, SmallModel.Make(1), new ModelAttachments(new StateDict([new("weight", Tensor.Zeros([1]))]), [])));
        Assert.Throws<ArgumentException>(() => ModelFile.Write(stream, SmallModel.Make(1), new ModelAttachments(new StateDict([]), [new("format", "x")])));
    }

    private static byte[] Write(Model model, ModelAttachments attachments)
    {
        using var stream = new MemoryStream();
        ModelFile.Write(stream, model, attachments);
        return stream.ToArray();
    }
}
