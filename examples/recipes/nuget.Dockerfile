FROM mcr.microsoft.com/dotnet/sdk:8.0
WORKDIR /app
COPY app.csproj nuget.config ./
RUN --mount=type=secret,id=NUGET_PASSWORD,target=/run/secrets/NUGET_PASSWORD,required=true \
    NuGetPackageSourceCredentials_acme="Username=reader;Password=$(cat /run/secrets/NUGET_PASSWORD)" dotnet restore
COPY . ./
RUN dotnet publish --no-restore --configuration Release
