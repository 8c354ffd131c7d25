namespace Espalier.Formats.Tests.Support;

/// <summary>Makes zip archives around pickles.</summary>
internal static class Archive
{
    /// <summary>A PyTorch archive of a pickle and storages called 0, 1, ….</summary>
    public static byte[] Torch(PickleBytes pickle, params byte[][] storages) => Torch(pickle, "little", storages);

    public static byte[] Torch(PickleBytes pickle, string byteOrder, params byte[][] storages)
    {
        using var stream = new MemoryStream();
        var zip = new ZipWriter(stream);
        zip.Add("archive/data.pkl", pickle.ToArray());
        zip.Add("archive/byteorder", System.Text.Encoding.ASCII.GetBytes(byteOrder));
        for (int i = 0; i < storages.Length; i++)
        {
            zip.Add($"archive/data/{i}", storages[i]);
        }

        zip.Finish();
        return stream.ToArray();
    }
}
